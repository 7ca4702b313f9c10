/* SPDX-License-Identifier: Apache-2.0 */
/* Uses the store, metrics and watches of descriptors, as the User-Name says; "check" calls every function with good and
   bad arguments, and rejects, with a line in the log for each, unless all came out as the headers promise.

     check | store OP KEY [VALUE [TTL_MS]] | pool OP KEY … | burst N | add N | set N | observe N
     pipe | peer | reset | change | leak | closes | watches N | elsewhere

   OP is get, put, put-new or take; the answer's Reply-Message is the status and what was found. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <radius/ext/fd.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

RADIUS_NOTE("org.radhost.test.extensions", "1.0.0", 0);

struct plugin {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  const radius_store_v1_t* store;
  const radius_metrics_v1_t* metrics;
  const radius_fd_v1_t* fds;
  radius_attr_t user_name, reply_message;
  radius_metric_t counter, gauge, histogram;
  _Atomic int failures;
};

/* A request that waits for an answer. */
struct wait {
  struct plugin* plugin;
  radius_thread_t* thread;
  radius_token_t token;
  radius_watch_t watch;
  int fds[2];
  int step; /* of "check"; of "burst", how many answers are to come */
  int begun;
  radius_status_t last;
};

static _Thread_local int inside; /* of a call of the host's, which must not call back */

static radius_text_t text(const char* terminated) {
  radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static void expect(struct plugin* plugin, int holds, const char* what, int line) {
  char message[256];
  if (holds) return;
  ++plugin->failures;
  snprintf(message, sizeof message, "line %d: %s", line, what);
  plugin->host->log->write(plugin->instance, RADIUS_ERROR, text(message));
}
#define EXPECT(condition) expect(plugin, (condition), #condition, __LINE__)

static struct wait* begin_wait(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request) {
  struct wait* wait = calloc(1, sizeof *wait);
  wait->plugin = plugin;
  wait->thread = thread;
  wait->fds[0] = wait->fds[1] = -1;
  wait->token = plugin->host->tokens->token(request);
  return wait;
}

static void finish(struct wait* wait, const char* message, radius_verdict_t verdict) {
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

/* The store */

static void answered(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  char message[128];
  EXPECT(inside == 0);
  if (status != RADIUS_OK && status != RADIUS_ERR_STATE) EXPECT(octets == NULL && length == 0);
  if (octets == NULL) snprintf(message, sizeof message, "%d", status);
  else snprintf(message, sizeof message, "%d %.*s", status, (int)(length > 64 ? 64 : length), (const char*)octets);
  finish(wait, message, RADIUS_ACCEPT);
}

static radius_status_t ask(struct plugin* plugin, radius_thread_t* thread, const char* op, const char* key,
                           const char* value, uint64_t ttl_ms, radius_store_callback_t done, void* data) {
  const radius_store_v1_t* store = plugin->store;
  const uint8_t* octets = (const uint8_t*)value;
  radius_status_t status = RADIUS_ERR_INVALID;
  ++inside;
  if (strcmp(op, "get") == 0) status = store->get(thread, text(key), done, data);
  if (strcmp(op, "take") == 0) status = store->take(thread, text(key), done, data);
  if (strcmp(op, "put") == 0) status = store->put(thread, text(key), octets, strlen(value), ttl_ms, done, data);
  if (strcmp(op, "put-new") == 0) status = store->put_new(thread, text(key), octets, strlen(value), ttl_ms, done, data);
  --inside;
  return status;
}

/* VALUE may be "xN": N times x. */
static char* make_value(const char* word) {
  size_t size = word[0] == 'x' && word[1] != 0 ? strtoul(word + 1, NULL, 10) : 0;
  if (size == 0) return strdup(word);
  char* value = malloc(size + 1);
  memset(value, 'x', size);
  value[size] = 0;
  return value;
}

static radius_verdict_t use_store(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request,
                                  const char* words) {
  char op[16] = "", key[64] = "", word[64] = "";
  unsigned long ttl_ms = 60000;
  sscanf(words, "%15s %63s %63s %lu", op, key, word, &ttl_ms);
  struct wait* wait = begin_wait(plugin, thread, request);
  char* value = make_value(word);
  radius_status_t status = ask(plugin, thread, op, key, value, ttl_ms, answered, wait);
  free(value);
  if (status == RADIUS_OK) return RADIUS_PENDING;
  char message[32];
  snprintf(message, sizeof message, "call %d", status);
  finish(wait, message, RADIUS_ACCEPT);
  return RADIUS_PENDING;
}

static void burst_answered(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct wait* wait = data;
  char message[64];
  (void)status, (void)octets, (void)length;
  if (--wait->step > 0) return;
  snprintf(message, sizeof message, "began %d then %d", wait->begun, wait->last);
  finish(wait, message, RADIUS_ACCEPT);
}

static radius_verdict_t burst(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request, int count) {
  struct wait* wait = begin_wait(plugin, thread, request);
  for (; wait->begun < count; ++wait->begun) {
    wait->last = ask(plugin, thread, "get", "burst", "", 0, burst_answered, wait);
    if (wait->last != RADIUS_OK) break;
    ++wait->step;
  }
  return RADIUS_PENDING;
}

/* One operation after the other, each from the callback of the one before. */
static void check_store(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  static const struct {
    const char *op, *key, *value;
    radius_status_t status;
    const char* found;
  } steps[] = {{"take", "check", "", RADIUS_ERR_NOT_FOUND, NULL},
               {"put", "check", "one", RADIUS_OK, NULL},
               {"get", "check", "", RADIUS_OK, "one"},
               {"put-new", "check", "two", RADIUS_ERR_STATE, "one"},
               {"put", "check", "three", RADIUS_OK, NULL},
               {"get", "check", "", RADIUS_OK, "three"},
               {"take", "check", "", RADIUS_OK, "three"},
               {"get", "check", "", RADIUS_ERR_NOT_FOUND, NULL},
               {"put-new", "check", "", RADIUS_OK, NULL},
               {"take", "check", "", RADIUS_OK, ""},
               {"take", "check", "", RADIUS_ERR_NOT_FOUND, NULL}};
  enum {
    step_count = sizeof steps / sizeof *steps
  };
  EXPECT(inside == 0);
  if (wait->step > 0) {
    const char* found = steps[wait->step - 1].found;
    EXPECT(status == steps[wait->step - 1].status);
    EXPECT(found == NULL ? octets == NULL && length == 0
                         : octets != NULL && length == strlen(found) && memcmp(octets, found, length) == 0);
  }
  if (wait->step == step_count) {
    finish(wait, plugin->failures == 0 ? "well" : "ill", plugin->failures == 0 ? RADIUS_ACCEPT : RADIUS_REJECT);
    return;
  }
  int step = wait->step++;
  EXPECT(ask(plugin, wait->thread, steps[step].op, steps[step].key, steps[step].value, 60000, check_store, wait) ==
         RADIUS_OK);
}

static void never(void* data, radius_status_t status, const uint8_t* octets, uint64_t length) {
  struct plugin* plugin = data;
  (void)status, (void)octets, (void)length;
  EXPECT(!"called back for a call that failed");
}

static void check_store_refusals(struct plugin* plugin, radius_thread_t* thread) {
  const radius_store_v1_t* store = plugin->store;
  const uint8_t octets[1] = {7};
  static char long_key[1025];
  memset(long_key, 'k', sizeof long_key);
  radius_text_t too_long = {long_key, sizeof long_key}, none = {NULL, 5}, empty = {"", 0};
  EXPECT(store->get(NULL, text("k"), never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, none, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, empty, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, text("k"), NULL, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->get(thread, too_long, never, plugin) == RADIUS_ERR_RANGE);
  EXPECT(store->take(NULL, text("k"), never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->take(thread, text("k"), NULL, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put(NULL, text("k"), octets, 1, 1, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put(thread, text("k"), NULL, 1, 1, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put(thread, text("k"), octets, 1, 0, never, plugin) == RADIUS_ERR_RANGE);
  EXPECT(store->put_new(NULL, text("k"), octets, 1, 1, never, plugin) == RADIUS_ERR_INVALID);
  EXPECT(store->put_new(thread, too_long, octets, 1, 1, never, plugin) == RADIUS_ERR_RANGE);
  EXPECT(store->put_new(thread, text("k"), octets, 1, 0, never, plugin) == RADIUS_ERR_RANGE);
}

/* Metrics */

static void check_metrics_in_create(struct plugin* plugin) {
  const radius_metrics_v1_t* metrics = plugin->metrics;
  radius_instance_t* instance = plugin->instance;
  radius_text_t empty = {NULL, 0}, help = text("Things that a test did.");
  const double bounds[] = {0.5, 1, 2.5}, others[] = {0.5, 1}, same[] = {1, 1}, endless[] = {1, strtod("inf", NULL)};
  radius_metric_t metric = 0, second = 0;
  EXPECT(metrics->counter(instance, text("test_events"), help, text("kind=\"a\""), &plugin->counter) == RADIUS_OK);
  EXPECT(metrics->counter(instance, text("test_events_total"), help, text("kind=\"b \\\"\\\\ \\n\",more=\"x\""),
                          &second) == RADIUS_OK);
  EXPECT(second != plugin->counter && second != 0);
  EXPECT(metrics->gauge(instance, text("test_level"), help, empty, &plugin->gauge) == RADIUS_OK);
  EXPECT(metrics->histogram(instance, text("test_sizes"), help, empty, bounds, 3, &plugin->histogram) == RADIUS_OK);
  EXPECT(metrics->counter(NULL, text("x"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("x"), help, empty, NULL) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("Events"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, empty, help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("x"), empty, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("x_count"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("failures_total"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("test_events"), help, text("kind=\"a\""), &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->counter(instance, text("test_events"), text("Other."), text("kind=\"c\""), &metric) ==
         RADIUS_ERR_INVALID);
  EXPECT(metrics->gauge(instance, text("test_events"), help, text("kind=\"c\""), &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->gauge(instance, text("x_total"), help, empty, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->histogram(instance, text("test_sizes"), help, text("a=\"b\""), others, 2, &metric) ==
         RADIUS_ERR_INVALID);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, NULL, 3, &metric) == RADIUS_ERR_INVALID);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, NULL, 0, &metric) == RADIUS_ERR_RANGE);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, same, 2, &metric) == RADIUS_ERR_RANGE);
  EXPECT(metrics->histogram(instance, text("x"), help, empty, endless, 2, &metric) == RADIUS_ERR_RANGE);
  static const char* const wrong_labels[] = {
      "kind",         "kind=a",    "kind=\"a",  "kind=\"a\",",     "1a=\"b\"",
      "=\"a\"",       "a-b=\"c\"", "a=\"\\t\"", "a=\"b\";c=\"d\"", "a=\"b\",a=\"c\"",
      "plugin=\"x\"", "le=\"1\"",  "__a=\"b\"", "a=\"\xff\xfe\"",  "a=\"b\" , c=\"d\""};
  for (size_t i = 0; i < sizeof wrong_labels / sizeof *wrong_labels; ++i)
    EXPECT(metrics->counter(instance, text("x"), help, text(wrong_labels[i]), &metric) == RADIUS_ERR_INVALID);
  EXPECT(metric == 0);
}

/* What names no metric, or one of another kind, changes nothing. */
static void check_metrics(struct plugin* plugin) {
  const radius_metrics_v1_t* metrics = plugin->metrics;
  radius_instance_t* instance = plugin->instance;
  radius_metric_t metric = 0;
  radius_text_t empty = {NULL, 0};
  EXPECT(metrics->counter(instance, text("late"), text("Late."), empty, &metric) == RADIUS_ERR_STATE);
  metrics->add(NULL, plugin->counter, 1000);
  metrics->add(instance, 0, 1000);
  metrics->add(instance, 99999, 1000);
  metrics->add(instance, plugin->gauge, 1000);
  metrics->set(instance, plugin->counter, 1000);
  metrics->observe(instance, plugin->gauge, 1000);
  metrics->observe(instance, plugin->histogram, strtod("nan", NULL));
}

/* Descriptors */

static void never_ready(void* data, radius_watch_t watch, uint32_t events) {
  struct plugin* plugin = data;
  (void)watch, (void)events;
  EXPECT(!"ready, though nothing was watched");
}

static void check_fds(struct plugin* plugin, radius_thread_t* thread) {
  const radius_fd_v1_t* fds = plugin->fds;
  radius_watch_t watch = 7;
  int pair[2], file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  EXPECT(pipe2(pair, O_CLOEXEC) == 0);
  EXPECT(fds->watch(NULL, pair[0], RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, pair[0], RADIUS_FD_READABLE, NULL, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, -1, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, 1000000, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, file, RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, pair[0], 0, never_ready, plugin, &watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->watch(thread, pair[0], 8, never_ready, plugin, &watch) == RADIUS_ERR_INVALID && watch == 0);
  EXPECT(fds->watch(thread, pair[0], RADIUS_FD_READABLE, never_ready, plugin, &watch) == RADIUS_OK && watch != 0);
  EXPECT(fds->change(NULL, watch, RADIUS_FD_CLOSED) == RADIUS_ERR_INVALID);
  EXPECT(fds->change(thread, watch, 0) == RADIUS_ERR_INVALID);
  EXPECT(fds->change(thread, watch, 16) == RADIUS_ERR_INVALID);
  EXPECT(fds->change(thread, watch + 1, RADIUS_FD_CLOSED) == RADIUS_ERR_GONE);
  EXPECT(fds->change(thread, 0, RADIUS_FD_CLOSED) == RADIUS_ERR_GONE);
  EXPECT(fds->change(thread, watch, RADIUS_FD_READABLE | RADIUS_FD_CLOSED) == RADIUS_OK);
  EXPECT(fds->unwatch(NULL, watch) == RADIUS_ERR_INVALID);
  EXPECT(fds->unwatch(thread, watch + 1) == RADIUS_ERR_GONE);
  EXPECT(fds->unwatch(thread, watch) == RADIUS_OK);
  EXPECT(fds->unwatch(thread, watch) == RADIUS_ERR_GONE);
  EXPECT(fds->change(thread, watch, RADIUS_FD_CLOSED) == RADIUS_ERR_GONE);
  close(pair[0]);
  close(pair[1]);
  close(file);
}

static void ready(void* data, radius_watch_t watch, uint32_t events) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  char message[64], octets[16];
  int error = 0;
  EXPECT(watch == wait->watch);
  ssize_t count = read(wait->fds[0], octets, sizeof octets);
  if (count < 0) error = errno;
  EXPECT(plugin->fds->unwatch(wait->thread, watch) == RADIUS_OK);
  snprintf(message, sizeof message, "events %u, read %d, error %d", events, (int)count, error);
  finish(wait, message, RADIUS_ACCEPT);
}

static void write_one(void* data, radius_timer_t timer, radius_status_t status) {
  struct wait* wait = data;
  (void)timer;
  if (status != RADIUS_OK) return;
  if (write(wait->fds[1], "!", 1) != 1) abort();
}

static void close_other(void* data, radius_timer_t timer, radius_status_t status) {
  struct wait* wait = data;
  (void)timer;
  if (status != RADIUS_OK) return;
  close(wait->fds[1]);
  wait->fds[1] = -1;
}

static void end_closed(void* data, radius_timer_t timer, radius_status_t status) {
  struct wait* wait = data;
  struct plugin* plugin = wait->plugin;
  (void)timer;
  if (status != RADIUS_OK) return;
  EXPECT(plugin->fds->unwatch(wait->thread, wait->watch) == RADIUS_OK);
  finish(wait, "unwatched", RADIUS_ACCEPT);
}

static void ignore_ready(void* data, radius_watch_t watch, uint32_t events) { (void)data, (void)watch, (void)events; }

/* A socket whose peer has reset the connection. */
static int make_reset(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  socklen_t size = sizeof address;
  int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listening, (struct sockaddr*)&address, size) != 0 || listen(listening, 1) != 0) abort();
  getsockname(listening, (struct sockaddr*)&address, &size);
  if (connect(made, (struct sockaddr*)&address, size) != 0) abort();
  int accepted = accept(listening, NULL, NULL);
  setsockopt(accepted, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(accepted);
  close(listening);
  return made;
}

static radius_verdict_t use_fds(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request,
                                const char* word) {
  struct wait* wait = begin_wait(plugin, thread, request);
  const radius_timers_v1_t* timers = plugin->host->timers;
  uint32_t events = strcmp(word, "peer") == 0 ? RADIUS_FD_CLOSED : RADIUS_FD_READABLE;
  int is_reset = strcmp(word, "reset") == 0;
  int made = is_reset ? 0 : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wait->fds);
  EXPECT(made == 0);
  if (is_reset) wait->fds[0] = make_reset();
  void (*call)(void*, radius_watch_t, uint32_t) =
      strcmp(word, "leak") == 0 || strcmp(word, "closes") == 0 ? ignore_ready : ready;
  EXPECT(plugin->fds->watch(thread, wait->fds[0], events, call, wait, &wait->watch) == RADIUS_OK);
  if (strcmp(word, "pipe") == 0) EXPECT(timers->start(thread, 20, write_one, wait, NULL) == RADIUS_OK);
  if (strcmp(word, "peer") == 0) EXPECT(timers->start(thread, 20, close_other, wait, NULL) == RADIUS_OK);
  if (strcmp(word, "change") == 0) EXPECT(plugin->fds->change(thread, wait->watch, RADIUS_FD_WRITABLE) == RADIUS_OK);
  if (strcmp(word, "closes") == 0) {  // though it is watched
    close(wait->fds[0]);
    close(wait->fds[1]);
    wait->fds[0] = wait->fds[1] = -1;
    EXPECT(plugin->fds->change(thread, wait->watch, RADIUS_FD_READABLE) == RADIUS_OK);
    EXPECT(timers->start(thread, 50, end_closed, wait, NULL) == RADIUS_OK);
  }
  if (strcmp(word, "leak") == 0) {
    wait->fds[1] = -1;  // stays open, so that the other end is never ready
    finish(wait, "left", RADIUS_ACCEPT);
  }
  return RADIUS_PENDING;
}

static radius_verdict_t watch_many(struct plugin* plugin, radius_thread_t* thread, radius_request_t* request,
                                   int count) {
  radius_watch_t* watches = calloc((size_t)count, sizeof *watches);
  radius_status_t status = RADIUS_OK;
  int pair[2], begun = 0;
  char message[64];
  EXPECT(pipe2(pair, O_CLOEXEC) == 0);
  for (; begun < count && status == RADIUS_OK; ++begun)
    status = plugin->fds->watch(thread, pair[0], RADIUS_FD_READABLE, never_ready, plugin, &watches[begun]);
  if (status != RADIUS_OK) --begun;
  for (int i = 0; i < begun; ++i) EXPECT(plugin->fds->unwatch(thread, watches[i]) == RADIUS_OK);
  close(pair[0]);
  close(pair[1]);
  free(watches);
  snprintf(message, sizeof message, "began %d then %d", begun, status);
  finish(begin_wait(plugin, thread, request), message, RADIUS_ACCEPT);
  return RADIUS_PENDING;
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
