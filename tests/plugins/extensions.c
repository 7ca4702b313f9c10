/* SPDX-License-Identifier: Apache-2.0 */
/* Uses the store, metrics and watches of descriptors, as the User-Name says; "check" calls every function with good and
   bad arguments, and rejects, with a line in the log for each, unless all came out as the headers promise.

     check | store OP KEY [VALUE [TTL_MS]] | pool OP KEY … | burst N | add N | set N | observe N
     pipe | peer | reset | change | leak | closes | watches N | elsewhere

   OP is get, put, put-new or take; the answer's Reply-Message is the status and what was found. */
#define _GNU_SOURCE
#include "extensions.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

RADIUS_NOTE("org.radhost.test.extensions", "1.0.0", 0);

struct wait* begin_wait(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request) {
  struct wait* wait = calloc(1, sizeof *wait);
  wait->plugin = plugin;
  wait->thread = thread;
  wait->fds[0] = wait->fds[1] = -1;
  wait->token = plugin->host->tokens->token(request);
  return wait;
}

void finish(struct wait* wait, const char* message, radius_verdict_t verdict) {
  struct plugin* plugin = wait->plugin;
  radius_request_t* request = plugin->host->tokens->acquire(plugin->instance, wait->token);
  if (request != NULL) {
    radius_list_t* reply = plugin->host->requests->list(request, RADIUS_LIST_REPLY);
    plugin->host->lists->add_octets(reply, plugin->reply_message, RADIUS_NO_TAG, (const uint8_t*)message,
                                    strlen(message));
  }
  plugin->host->tokens->complete(plugin->instance, wait->token, request, verdict, 0);
  for (int i = 0; i < 2; ++i)
    if (wait->fds[i] >= 0) close(wait->fds[i]);
  free(wait);
}

/* Everything that is a worker's, from another thread. */
static void* try_elsewhere(void* data) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  radius_watch_t watch = 0;
  EXPECT(plugin->store->get(wait->thread, text("k"), never, plugin) == RADIUS_ERR_STATE);
  EXPECT(plugin->fds->watch(wait->thread, 0, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_STATE);
  EXPECT(plugin->fds->unwatch(wait->thread, 1) == RADIUS_ERR_STATE);
  EXPECT(plugin->fds->change(wait->thread, 1, RADIUS_FD_READABLE) == RADIUS_ERR_STATE);
  plugin->metrics->add(plugin->instance, plugin->counter, 1);  // that may be done anywhere
  return NULL;
}

static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  struct plugin* plugin = self;
  radius_thread_t* thread = thread_self;
  radius_view_t view;
  char words[160];
  radius_list_t* list = plugin->host->requests->list(request, RADIUS_LIST_REQUEST);
  if (plugin->host->lists->find(list, plugin->user_name, &view) != RADIUS_OK) return RADIUS_PASS;
  snprintf(words, sizeof words, "%.*s", (int)view.length, (const char*)view.data);
  radius_request_info_t info = {.size = sizeof info};
  plugin->host->requests->info(request, &info);
  int is_pool = (info.flags & RADIUS_REQUEST_OFFLOADED) != 0;
  char* rest = strchr(words, ' ');
  if (rest != NULL) *rest++ = 0;
  const char* arguments = rest == NULL ? "" : rest;

  if (strcmp(words, "pool") == 0 && !is_pool) return RADIUS_OFFLOAD;
  if (strcmp(words, "pool") == 0) {
    radius_watch_t watch = 0;
    EXPECT(plugin->fds->watch(thread, 0, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_STATE);
    return use_store(plugin, thread, request, arguments);
  }
  if (strcmp(words, "store") == 0) return use_store(plugin, thread, request, arguments);
  if (strcmp(words, "burst") == 0) return burst(plugin, thread, request, atoi(arguments));
  if (strcmp(words, "watches") == 0) return watch_many(plugin, thread, request, atoi(arguments));
  if (strcmp(words, "add") == 0) plugin->metrics->add(plugin->instance, plugin->counter, strtoull(arguments, NULL, 10));
  if (strcmp(words, "set") == 0) plugin->metrics->set(plugin->instance, plugin->gauge, strtod(arguments, NULL));
  if (strcmp(words, "observe") == 0)
    plugin->metrics->observe(plugin->instance, plugin->histogram, strtod(arguments, NULL));
  if (strcmp(words, "add") == 0 || strcmp(words, "set") == 0 || strcmp(words, "observe") == 0) return RADIUS_ACCEPT;
  if (strcmp(words, "check") == 0) {
    EXPECT(plugin->host->extension(plugin->instance, text(RADIUS_EXT_STORE)) == NULL); /* create is over */
    check_store_refusals(plugin, thread);
    check_metrics(plugin);
    check_fds(plugin, thread);
    check_store(begin_wait(plugin, thread, request), RADIUS_OK, NULL, 0);
    return RADIUS_PENDING;
  }
  if (strcmp(words, "elsewhere") == 0) {
    struct wait* wait = begin_wait(plugin, thread, request);
    pthread_t other;
    EXPECT(pthread_create(&other, NULL, try_elsewhere, wait) == 0 && pthread_join(other, NULL) == 0);
    finish(wait, plugin->failures == 0 ? "well" : "ill", RADIUS_ACCEPT);
    return RADIUS_PENDING;
  }
  return use_fds(plugin, thread, request, words);
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct plugin* plugin = calloc(1, sizeof *plugin);
  int64_t declares = 0;
  *self = plugin;
  plugin->host = host;
  plugin->instance = instance;
  host->dictionary->resolve(instance, text("User-Name"), &plugin->user_name);
  host->dictionary->resolve(instance, text("Reply-Message"), &plugin->reply_message);
  plugin->store = host->extension(instance, text(RADIUS_EXT_STORE));
  plugin->metrics = host->extension(instance, text(RADIUS_EXT_METRICS));
  plugin->fds = host->extension(instance, text(RADIUS_EXT_FD));
  EXPECT(plugin->store != NULL && RADIUS_HAS(plugin->store, take));
  EXPECT(plugin->metrics != NULL && RADIUS_HAS(plugin->metrics, observe));
  EXPECT(plugin->fds != NULL && RADIUS_HAS(plugin->fds, unwatch));
  EXPECT(host->extension(NULL, text(RADIUS_EXT_STORE)) == NULL);
  EXPECT(host->extension(instance, text("radius.store/2")) == NULL);
  EXPECT(host->extension(instance, text("")) == NULL);

  /* "declares": so many counters instead; "as": one metric of this name, a gauge. */
  radius_text_t as = {NULL, 0}, empty = {NULL, 0};
  radius_status_t status = RADIUS_OK;
  if (host->config->integer(instance, text("declares"), &declares) == RADIUS_OK) {
    for (int64_t i = 0; i < declares && status == RADIUS_OK; ++i) {
      char name[3] = {'n', (char)('a' + i), 0};
      status = plugin->metrics->counter(instance, text(name), text("Counted."), empty, &plugin->counter);
    }
  } else if (host->config->text(instance, text("as"), &as) == RADIUS_OK) {
    status = plugin->metrics->gauge(instance, as, text("A level."), empty, &plugin->gauge);
  } else {
    check_metrics_in_create(plugin);
  }
  if (status == RADIUS_OK && plugin->failures == 0) return RADIUS_OK;
  if (status == RADIUS_OK) host->log->explain(instance, text("the log says what is wrong"));
  free(plugin);
  return status == RADIUS_OK ? RADIUS_ERR_INTERNAL : status;
}

static void destroy(void* self) { free(self); }

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)self;
  *thread_self = thread;
  return RADIUS_OK;
}

static void thread_stop(void* self, void* thread_self) {
  struct plugin* plugin = self;
  EXPECT(plugin->store->get(thread_self, text("k"), never, plugin) == RADIUS_ERR_STATE);
}

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {.size = sizeof descriptor,
                                                .create = create,
                                                .destroy = destroy,
                                                .thread_start = thread_start,
                                                .thread_stop = thread_stop,
                                                .handle_access = handle_access};
  return &descriptor;
}
