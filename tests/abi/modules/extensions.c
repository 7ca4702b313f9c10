/* SPDX-License-Identifier: Apache-2.0 */
/* Uses every function of every extension: counts, keeps and takes octets, watches a pipe, sends and forwards and gives
   up, and runs a subrequest, one after the other. Each step goes on with the next; the last one accepts. What does not
   come out as it should rejects, and says where. */
#include <radius/ext/client.h>
#include <radius/ext/fd.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/ext/subrequest.h>
#include <radius/plugin.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct extensions {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  const radius_metrics_v1_t* metrics;
  const radius_store_v1_t* store;
  const radius_fd_v1_t* fd;
  const radius_client_v1_t* client;
  const radius_subrequest_v1_t* subrequest;
  radius_metric_t counter, gauge, histogram;
  radius_pool_t pool;
  radius_chain_t chain;
  radius_attr_t user_name;
};

/* One request on its way through the steps. */
struct walk {
  struct extensions* all;
  radius_thread_t* thread;
  radius_token_t token;
  int given_up;
  int is_running;         /* is `run` on the stack? */
  radius_verdict_t inner; /* 0: not yet known */
  int ends[2];
};

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

/* Answers the request in hand, with the name of the step that was the last. */
static void answer_held(struct walk* walk, radius_request_t* request, radius_verdict_t verdict, const char* step) {
  const struct extensions* all = walk->all;
  radius_list_t* reply = all->host->requests->list(request, RADIUS_LIST_REPLY);
  all->host->lists->add_named(reply, text("Reply-Message"), text(step));
  all->host->tokens->complete(all->instance, walk->token, request, verdict, RADIUS_COMPLETE_PROXIED);
  free(walk);
}

static void answer(struct walk* walk, radius_verdict_t verdict, const char* step) {
  radius_request_t* request = walk->all->host->tokens->acquire(walk->all->instance, walk->token);
  if (request != NULL) answer_held(walk, request, verdict, step);
  else free(walk);
}

static void subrequest_done(void* data, radius_verdict_t verdict, const radius_list_t* reply) {
  struct walk* walk = data;
  radius_view_t view;
  const int has_reply = walk->all->host->lists->first(reply, &view) == RADIUS_OK;
  walk->inner = verdict == RADIUS_ACCEPT && has_reply ? RADIUS_ACCEPT : RADIUS_REJECT;
  if (!walk->is_running) answer(walk, walk->inner, "all extensions");
}

static void run_subrequest(struct walk* walk) {
  const struct extensions* all = walk->all;
  radius_list_t* list = NULL;
  radius_request_t* request = all->host->tokens->acquire(all->instance, walk->token);
  if (request == NULL || all->host->lists->create_list(all->instance, &list) != RADIUS_OK) {
    free(walk);
    return;
  }
  all->host->lists->add_named(list, text("User-Name"), text("inner"));
  walk->is_running = 1;
  const radius_status_t status = all->subrequest->run(walk->thread, all->chain, request, list, subrequest_done, walk);
  walk->is_running = 0;
  all->host->lists->destroy_list(list);
  if (status != RADIUS_OK) answer_held(walk, request, RADIUS_REJECT, "subrequest.run");
  else if (walk->inner != 0) answer_held(walk, request, walk->inner, "all extensions");
  else all->host->tokens->release(all->instance, walk->token, request);
}

static void client_done(void* data, radius_exchange_t exchange, radius_status_t status, uint32_t code,
                        const radius_list_t* given) {
  struct walk* walk = data;
  (void)exchange;
  (void)code;
  (void)given;
  walk->given_up += status == RADIUS_ERR_GONE ? 1 : 100;
}

/* Sends and forwards to a server that does not answer, and gives up. */
static int use_client(struct walk* walk, radius_request_t* request) {
  const struct extensions* all = walk->all;
  radius_list_t* list = NULL;
  radius_exchange_t sent = 0, forwarded = 0;
  int well = all->host->lists->create_list(all->instance, &list) == RADIUS_OK;
  all->host->lists->add_named(list, text("User-Name"), text("elsewhere"));
  well &= all->client->send(walk->thread, all->pool, 1, list, client_done, walk, &sent) == RADIUS_OK;
  well &= all->client->forward(walk->thread, all->pool, request, &all->user_name, 1, list, client_done, walk,
                               &forwarded) == RADIUS_OK;
  all->host->lists->destroy_list(list);
  well &= all->client->cancel(walk->thread, sent) == RADIUS_OK;
  well &= all->client->cancel(walk->thread, forwarded) == RADIUS_OK;
  return well && walk->given_up == 2;
}

static void is_readable(void* data, radius_watch_t watch, uint32_t events) {
  struct walk* walk = data;
  const struct extensions* all = walk->all;
  int well = events == RADIUS_FD_READABLE && all->fd->change(walk->thread, watch, RADIUS_FD_WRITABLE) == RADIUS_OK;
  well &= all->fd->unwatch(walk->thread, watch) == RADIUS_OK;
  close(walk->ends[0]);
  close(walk->ends[1]);
  if (well) run_subrequest(walk);
  else answer(walk, RADIUS_REJECT, "fd");
}

static void watch_pipe(struct walk* walk) {
  radius_watch_t watch = 0;
  if (pipe(walk->ends) != 0) {
    answer(walk, RADIUS_REJECT, "pipe");
    return;
  }
  const radius_status_t status =
      walk->all->fd->watch(walk->thread, walk->ends[0], RADIUS_FD_READABLE, is_readable, walk, &watch);
  if (status == RADIUS_OK && write(walk->ends[1], "!", 1) == 1) return;
  answer(walk, RADIUS_REJECT, "fd.watch");
}

static void was_taken(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct walk* walk = data;
  if (status == RADIUS_OK && length == 4 && memcmp(octets, "kept", 4) == 0) watch_pipe(walk);
  else answer(walk, RADIUS_REJECT, "store.take");
}

static const char key[] = "org.radhost.test.abi.extensions";

static void was_found(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct walk* walk = data;
  const int well = status == RADIUS_OK && length == 4 && memcmp(octets, "kept", 4) == 0 &&
                   walk->all->store->take(walk->thread, text(key), was_taken, walk) == RADIUS_OK;
  if (!well) answer(walk, RADIUS_REJECT, "store.get");
}

static void was_there(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct walk* walk = data;
  const int well = status == RADIUS_ERR_STATE && octets != NULL && length == 4 &&
                   walk->all->store->get(walk->thread, text(key), was_found, walk) == RADIUS_OK;
  if (!well) answer(walk, RADIUS_REJECT, "store.put_new");
}

static void was_put(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct walk* walk = data;
  (void)octets;
  (void)length;
  const int well = status == RADIUS_OK && walk->all->store->put_new(walk->thread, text(key), (const uint8_t*)"other", 5,
                                                                    60000, was_there, walk) == RADIUS_OK;
  if (!well) answer(walk, RADIUS_REJECT, "store.put");
}

static radius_verdict_t handle_access(void* self, void* thread_self, radius_request_t* request) {
  struct extensions* all = self;
  all->metrics->add(all->instance, all->counter, 1);
  all->metrics->set(all->instance, all->gauge, 2.5);
  all->metrics->observe(all->instance, all->histogram, 0.3);
  radius_view_t name;
  const radius_list_t* received = all->host->requests->list(request, RADIUS_LIST_REQUEST);
  if (all->host->lists->find(received, all->user_name, &name) != RADIUS_OK) return RADIUS_REJECT;
  struct walk* walk = calloc(1, sizeof *walk);
  if (walk == NULL) return RADIUS_ERR_MEMORY;
  walk->all = all;
  walk->thread = thread_self;
  walk->token = all->host->tokens->token(request);
  const int begun = use_client(walk, request) && all->store->put(walk->thread, text(key), (const uint8_t*)"kept", 4,
                                                                 60000, was_put, walk) == RADIUS_OK;
  if (begun) return RADIUS_PENDING;
  free(walk);
  return RADIUS_ERR_STATE;
}

static radius_status_t find_parts(struct extensions* all) {
  static const double bounds[] = {0.1, 1, 10};
  radius_instance_t* instance = all->instance;
  all->metrics = all->host->extension(instance, text(RADIUS_EXT_METRICS));
  all->store = all->host->extension(instance, text(RADIUS_EXT_STORE));
  all->fd = all->host->extension(instance, text(RADIUS_EXT_FD));
  all->client = all->host->extension(instance, text(RADIUS_EXT_CLIENT));
  all->subrequest = all->host->extension(instance, text(RADIUS_EXT_SUBREQUEST));
  if (all->metrics == NULL || all->store == NULL || all->fd == NULL || all->client == NULL || all->subrequest == NULL)
    return RADIUS_ERR_UNSUPPORTED;
  radius_status_t status = all->host->dictionary->resolve(instance, text("User-Name"), &all->user_name);
  if (status == RADIUS_OK) status = all->client->pool(instance, text("nowhere"), &all->pool);
  if (status == RADIUS_OK) status = all->subrequest->chain(instance, text("inner"), &all->chain);
  if (status == RADIUS_OK)
    status = all->metrics->counter(instance, text("kept_requests"), text("Requests."), text("kind=\"access\""),
                                   &all->counter);
  if (status == RADIUS_OK)
    status = all->metrics->gauge(instance, text("kept_level"), text("A level."), text(""), &all->gauge);
  if (status == RADIUS_OK)
    status =
        all->metrics->histogram(instance, text("kept_sizes"), text("Sizes."), text(""), bounds, 3, &all->histogram);
  return status;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  struct extensions* all = calloc(1, sizeof *all);
  if (all == NULL) return RADIUS_ERR_MEMORY;
  all->host = host;
  all->instance = instance;
  const radius_status_t status = find_parts(all);
  if (status == RADIUS_OK) *self = all;
  else free(all);
  return status;
}

static void destroy(void* self) { free(self); }

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)self;
  *thread_self = thread;
  return RADIUS_OK;
}

static void thread_stop(void* self, void* thread_self) {
  (void)self;
  (void)thread_self;
}

#define ID "org.radhost.test.abi.extensions"
#define VERSION "1.0.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .create = create,
      .destroy = destroy,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle_access,
  };
  return &descriptor;
}
