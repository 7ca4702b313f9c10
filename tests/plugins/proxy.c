/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forwards every request to a pool, and answers with what came:
 *
 *   [plugin.proxy.config]
 *   pool = "homes"
 *   remove = ["Calling-Station-Id"]          # attributes that go no further
 *   add = { "Connect-Info" = "by proxy" }    # and such as are added
 *
 * Where nobody answers it says nothing. A Protocol-Error is never passed on (RFC 7930 §4): over RADIUS/1.1 the client
 * gets one of the host's, with its Error-Cause (RFC 9765 §6.1), and else nothing.
 */
#include <radius/ext/client.h>
#include <radius/plugin.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define REMOVE_MAX 8

struct proxy {
  const radius_host_v1_t* host;
  const radius_client_v1_t* client;
  radius_instance_t* instance;
  radius_pool_t pool;
  radius_attr_t remove[REMOVE_MAX];
  uint32_t remove_count;
  radius_list_t* add;
};

struct waiting {
  struct proxy* self;
  radius_token_t token;
};

static radius_text_t text(const char* from) { return (radius_text_t){from, strlen(from)}; }

static radius_status_t read_edits(struct proxy* self) {
  const radius_config_v1_t* config = self->host->config;
  const uint64_t removals = config->count(self->instance, text("remove"));
  for (uint64_t i = 0; i < removals && i < REMOVE_MAX; ++i) {
    char key[] = "remove[0]";
    key[7] = (char)('0' + i);
    radius_text_t name = {NULL, 0};
    radius_status_t status = config->text(self->instance, text(key), &name);
    if (status == RADIUS_OK) status = self->host->dictionary->resolve(self->instance, name, &self->remove[i]);
    if (status != RADIUS_OK) return status;
    ++self->remove_count;
  }
  radius_status_t status = self->host->lists->create_list(self->instance, &self->add);
  const uint64_t additions = config->count(self->instance, text("add"));
  for (uint64_t i = 0; i < additions && status == RADIUS_OK; ++i) {
    radius_text_t name = {NULL, 0};
    radius_text_t value = {NULL, 0};
    char key[128] = "add.\"";
    status = config->member(self->instance, text("add"), i, &name);
    if (status != RADIUS_OK || name.length > 64) return RADIUS_ERR_CONFIG;
    strncat(key, name.data, (size_t)name.length);
    strcat(key, "\"");
    status = config->text(self->instance, text(key), &value);
    if (status == RADIUS_OK) status = self->host->lists->add_named(self->add, name, value);
  }
  return status;
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** result) {
  struct proxy* self = calloc(1, sizeof *self);
  if (self == NULL) return RADIUS_ERR_MEMORY;
  self->host = host;
  self->instance = instance;
  self->client = host->extension(instance, text(RADIUS_EXT_CLIENT));
  radius_text_t name = {NULL, 0};
  radius_status_t status = self->client == NULL ? RADIUS_ERR_UNSUPPORTED : RADIUS_OK;
  if (status == RADIUS_OK) status = host->config->text(instance, text("pool"), &name);
  if (status == RADIUS_OK) {
    status = self->client->pool(instance, name, &self->pool);
    if (status == RADIUS_ERR_NOT_FOUND) host->config->reject(instance, text("pool"), text("there is no such pool"));
  }
  if (status == RADIUS_OK) status = read_edits(self);
  if (status != RADIUS_OK) {
    host->lists->destroy_list(self->add);
    free(self);
    return status;
  }
  *result = self;
  return RADIUS_OK;
}

static void destroy(void* data) {
  struct proxy* self = data;
  self->host->lists->destroy_list(self->add);
  free(self);
}

static radius_status_t thread_start(void* self, radius_thread_t* thread, void** thread_self) {
  (void)self;
  *thread_self = thread;
  return RADIUS_OK;
}

static void thread_stop(void* self, void* thread_self) {
  (void)self;
  (void)thread_self;
}

static bool is_over_1_1(const struct proxy* self, radius_request_t* request) {
  radius_request_info_t info = {.size = sizeof info};
  return self->host->requests->info(request, &info) == RADIUS_OK && info.version == 11;
}

static radius_verdict_t verdict_of(uint32_t code, bool is_over_1_1) {
  switch (code) {
    case 2:  /* Access-Accept */
    case 5:  /* Accounting-Response */
    case 41: /* Disconnect-ACK */
    case 44: /* CoA-ACK */
      return RADIUS_ACCEPT;
    case 3:  /* Access-Reject */
    case 42: /* Disconnect-NAK */
    case 45: /* CoA-NAK */
      return RADIUS_REJECT;
    case 11:
      return RADIUS_CHALLENGE;
    case 52: /* Protocol-Error */
      return is_over_1_1 ? RADIUS_UNABLE : RADIUS_DROP;
    default:
      return RADIUS_DROP;
  }
}

static void done(void* data, radius_exchange_t exchange, radius_status_t status, uint32_t code,
                 const radius_list_t* answer) {
  struct waiting* waiting = data;
  struct proxy* self = waiting->self;
  const radius_token_t token = waiting->token;
  free(waiting);
  (void)exchange;
  const radius_tokens_v1_t* tokens = self->host->tokens;
  radius_request_t* request = tokens->acquire(self->instance, token);
  if (request == NULL) return; /* its time was over */
  radius_verdict_t verdict = status == RADIUS_OK ? verdict_of(code, is_over_1_1(self, request)) : RADIUS_DROP;
  if (status == RADIUS_OK && verdict != RADIUS_DROP) {
    radius_list_t* reply = self->host->requests->list(request, RADIUS_LIST_REPLY);
    if (self->host->lists->append(reply, answer) != RADIUS_OK) verdict = RADIUS_DROP;
  }
  tokens->complete(self->instance, token, request, verdict, RADIUS_COMPLETE_PROXIED);
}

static radius_verdict_t handle(void* data, void* thread_self, radius_request_t* request) {
  struct proxy* self = data;
  struct waiting* waiting = malloc(sizeof *waiting);
  if (waiting == NULL) return RADIUS_ERR_MEMORY;
  waiting->self = self;
  waiting->token = self->host->tokens->token(request);
  radius_exchange_t exchange = 0;
  const radius_status_t status = self->client->forward(thread_self, self->pool, request, self->remove,
                                                       self->remove_count, self->add, done, waiting, &exchange);
  if (status == RADIUS_OK) return RADIUS_PENDING;
  free(waiting);
  return RADIUS_DROP;
}

#define ID "org.radhost.test.proxy"
#define VERSION "1.0.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .description = {"forwards to a pool", sizeof "forwards to a pool" - 1},
      .create = create,
      .destroy = destroy,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle,
      .handle_accounting = handle,
      .handle_coa = handle,
      .handle_disconnect = handle,
  };
  return &descriptor;
}
