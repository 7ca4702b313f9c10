/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parks every request, and answers it by its token when a timer has expired, `delay_ms` later; "slow" is parked beyond
 * its deadline. Counts what was cancelled; the next answer says so.
 *
 *   [plugin.parks.config]
 *   delay_ms = 20
 */
#include <radius/plugin.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct parks {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  uint64_t delay_ms;
  radius_attr_t user_name;
  atomic_int cancelled;
};

/* A worker's part: its handle. */
struct part {
  radius_thread_t* thread;
};

struct waiting {
  struct parks* parks;
  radius_token_t token;
};

static radius_text_t text(const char* terminated) {
  const radius_text_t made = {terminated, strlen(terminated)};
  return made;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** self) {
  int64_t delay_ms = 20;
  const radius_status_t status = host->config->integer(instance, text("delay_ms"), &delay_ms);
  if (status != RADIUS_OK && status != RADIUS_ERR_NOT_FOUND) return status;
  struct parks* parks = calloc(1, sizeof *parks);
  if (parks == NULL) return RADIUS_ERR_MEMORY;
  parks->host = host;
  parks->instance = instance;
  parks->delay_ms = (uint64_t)delay_ms;
  const radius_status_t resolved = host->dictionary->resolve(instance, text("User-Name"), &parks->user_name);
  if (resolved == RADIUS_OK) *self = parks;
  else free(parks);
  return resolved;
}

static void destroy(void* self) { free(self); }

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)self;
  struct part* part = calloc(1, sizeof *part);
  if (part == NULL) return RADIUS_ERR_MEMORY;
  part->thread = thread;
  *thread_self = part;
  return RADIUS_OK;
}

static void thread_stop(void* self, void* thread_self) {
  (void)self;
  free(thread_self);
}

static void expired(void* data, radius_timer_t timer, radius_status_t status) {
  struct waiting waiting = *(struct waiting*)data;
  const struct parks* parks = waiting.parks;
  (void)timer;
  free(data);
  if (status != RADIUS_OK) return;
  radius_request_t* request = parks->host->tokens->acquire(parks->instance, waiting.token);
  if (request == NULL) return;
  radius_list_t* reply = parks->host->requests->list(request, RADIUS_LIST_REPLY);
  const char* message = atomic_load(&parks->cancelled) == 0 ? "later" : "later, after a cancellation";
  status = parks->host->lists->add_named(reply, text("Reply-Message"), text(message));
  parks->host->tokens->complete(parks->instance, waiting.token, request, status == RADIUS_OK ? RADIUS_ACCEPT : status,
                                0);
}

static int is_slow(const struct parks* parks, radius_request_t* request) {
  const radius_list_t* list = parks->host->requests->list(request, RADIUS_LIST_REQUEST);
  radius_view_t name;
  return parks->host->lists->find(list, parks->user_name, &name) == RADIUS_OK && name.length == 4 &&
         memcmp(name.data, "slow", 4) == 0;
}

static radius_verdict_t handle(void* self, void* thread_self, radius_request_t* request) {
  struct parks* parks = self;
  const struct part* part = thread_self;
  radius_timer_t timer = 0;
  const radius_token_t token = parks->host->tokens->token(request);
  if (is_slow(parks, request)) return RADIUS_PENDING; /* nobody will answer */
  struct waiting* waiting = malloc(sizeof *waiting);
  if (waiting == NULL) return RADIUS_ERR_MEMORY;
  waiting->parks = parks;
  waiting->token = token;
  const radius_status_t status = parks->host->timers->start(part->thread, parks->delay_ms, expired, waiting, &timer);
  if (status == RADIUS_OK) return RADIUS_PENDING;
  free(waiting);
  return status;
}

static void cancel(void* self, radius_token_t token) {
  struct parks* parks = self;
  (void)token;
  atomic_fetch_add(&parks->cancelled, 1);
}

#define ID "org.radhost.test.abi.parks"
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
      .handle_access = handle,
      .cancel = cancel,
  };
  return &descriptor;
}
