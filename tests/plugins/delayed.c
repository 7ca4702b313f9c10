/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepts every request, `delay_ms` after it came:
 *
 *   [plugin.later.config]
 *   delay_ms = 1000
 *
 * Benchmarks hold requests in flight with it, so it does no more than it must.
 */
#include <radius/plugin.h>
#include <stdlib.h>
#include <string.h>

struct delayed {
  const radius_host_v1_t* host;
  radius_instance_t* instance;
  uint64_t delay_ms;
};

struct waiting {
  struct delayed* self;
  radius_token_t token;
};

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** result) {
  const radius_text_t key = {"delay_ms", strlen("delay_ms")};
  int64_t delay_ms = 0;
  const radius_status_t status = host->config->integer(instance, key, &delay_ms);
  if (status != RADIUS_OK) return status;
  struct delayed* self = calloc(1, sizeof *self);
  if (self == NULL) return RADIUS_ERR_MEMORY;
  self->host = host;
  self->instance = instance;
  self->delay_ms = (uint64_t)delay_ms;
  *result = self;
  return RADIUS_OK;
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

static void expired(void* data, radius_timer_t timer, radius_status_t status) {
  struct waiting* waiting = data;
  (void)timer;
  /* At the thread's end there is nobody left to be answered. */
  if (status == RADIUS_OK)
    waiting->self->host->tokens->complete(waiting->self->instance, waiting->token, NULL, RADIUS_ACCEPT, 0);
  free(waiting);
}

static radius_verdict_t handle(void* data, void* thread_self, radius_request_t* request) {
  struct delayed* self = data;
  struct waiting* waiting = malloc(sizeof *waiting);
  if (waiting == NULL) return RADIUS_ERR_MEMORY;
  waiting->self = self;
  waiting->token = self->host->tokens->token(request);
  radius_timer_t timer = 0;
  const radius_status_t status = self->host->timers->start(thread_self, self->delay_ms, expired, waiting, &timer);
  if (status == RADIUS_OK) return RADIUS_PENDING;
  free(waiting);
  return status;
}

#define ID "org.radhost.test.delayed"
#define VERSION "1.0.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .description = {"accepts after a while", sizeof "accepts after a while" - 1},
      .create = create,
      .destroy = destroy,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle,
  };
  return &descriptor;
}
