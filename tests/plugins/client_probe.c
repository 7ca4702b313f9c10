/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls each function of radius.client/1, rightly and wrongly, as the User-Name of an Access-Request says, and tells
 * what came of it in Reply-Message: "0" when all was as the header says, else the number of the line that was not.
 *
 *   [plugin.probe.config]
 *   pool = "homes"
 *
 *   arguments   bad arguments of every function
 *   send        an Access-Request of its own; the answer's code is told
 *   cancel      the same, given up at once
 *   leave       the same, left under way until thread_stop; the log tells how it ended
 *   offload     the same from a pool thread, where it must not be
 *   bound       so many of them that one is refused
 */
#include <radius/ext/client.h>
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct probe {
  const radius_host_v1_t* host;
  const radius_client_v1_t* client;
  radius_instance_t* instance;
  radius_pool_t pool;
  radius_attr_t user_name, reply_message, proxy_state, group;
  radius_list_t* own;
  int failed_line;
};

static int callbacks;
static radius_status_t last_status;

static radius_text_t text(const char* from) { return (radius_text_t){from, strlen(from)}; }

#define EXPECT(condition) \
  do { \
    if (!(condition) && self->failed_line == 0) self->failed_line = __LINE__; \
  } while (0)

static void nothing(void* data, radius_exchange_t exchange, radius_status_t status, uint32_t code,
                    const radius_list_t* answer) {
  (void)exchange;
  (void)code;
  ++callbacks;
  last_status = status;
  struct probe* self = data;
  EXPECT((status == RADIUS_OK) == (answer != NULL));
  if (status == RADIUS_ERR_GONE) self->host->log->write(self->instance, RADIUS_INFO, text("an exchange is gone"));
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** result) {
  struct probe* self = calloc(1, sizeof *self);
  if (self == NULL) return RADIUS_ERR_MEMORY;
  self->host = host;
  self->instance = instance;
  self->client = host->extension(instance, text(RADIUS_EXT_CLIENT));
  EXPECT(self->client != NULL && RADIUS_HAS(self->client, cancel));
  EXPECT(host->extension(instance, text("radius.client/2")) == NULL);
  EXPECT(host->extension(NULL, text(RADIUS_EXT_CLIENT)) == NULL);
  if (self->failed_line == 0) {
    radius_text_t name = {NULL, 0};
    radius_pool_t pool = 7;
    EXPECT(host->config->text(instance, text("pool"), &name) == RADIUS_OK);
    EXPECT(self->client->pool(NULL, name, &pool) == RADIUS_ERR_INVALID);
    EXPECT(self->client->pool(instance, name, NULL) == RADIUS_ERR_INVALID);
    EXPECT(self->client->pool(instance, text("nowhere"), &pool) == RADIUS_ERR_NOT_FOUND && pool == 7);
    EXPECT(self->client->pool(instance, name, &self->pool) == RADIUS_OK && self->pool != 0);
  }
  EXPECT(host->dictionary->resolve(instance, text("User-Name"), &self->user_name) == RADIUS_OK);
  EXPECT(host->dictionary->resolve(instance, text("Reply-Message"), &self->reply_message) == RADIUS_OK);
  EXPECT(host->dictionary->resolve(instance, text("Proxy-State"), &self->proxy_state) == RADIUS_OK);
  EXPECT(host->dictionary->resolve(instance, text("IP-Port-Limit-Info"), &self->group) == RADIUS_OK);
  EXPECT(host->lists->create_list(instance, &self->own) == RADIUS_OK);
  EXPECT(host->lists->add_named(self->own, text("User-Name"), text("probe")) == RADIUS_OK);
  EXPECT(host->lists->add_named(self->own, text("User-Password"), text("secret word")) == RADIUS_OK);
  *result = self;
  return RADIUS_OK;
}

static void destroy(void* data) {
  struct probe* self = data;
  self->host->lists->destroy_list(self->own);
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

/* Lists that may not go out as they are: one with an internal attribute, and one with a group that is open. */
static void try_lists(struct probe* self, radius_thread_t* thread, radius_request_t* request) {
  const radius_client_v1_t* client = self->client;
  const radius_lists_v1_t* lists = self->host->lists;
  radius_exchange_t exchange = 0;
  radius_list_t *internal = NULL, *open = NULL;
  EXPECT(lists->create_list(self->instance, &internal) == RADIUS_OK);
  EXPECT(lists->create_list(self->instance, &open) == RADIUS_OK);
  EXPECT(lists->add_named(internal, text("Cleartext-Password"), text("secret word")) == RADIUS_OK);
  EXPECT(lists->begin_group(open, self->group) == RADIUS_OK);
  EXPECT(client->send(thread, self->pool, 1, internal, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, self->pool, request, NULL, 0, internal, nothing, self, &exchange) ==
         RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 1, open, nothing, self, &exchange) == RADIUS_ERR_STATE);
  EXPECT(client->forward(thread, self->pool, request, NULL, 0, open, nothing, self, &exchange) == RADIUS_ERR_STATE);
  const radius_list_t* received = self->host->requests->list(request, RADIUS_LIST_REQUEST);
  EXPECT(client->send(thread, self->pool, 1, received, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, self->pool, request, NULL, 0, received, nothing, self, &exchange) ==
         RADIUS_ERR_INVALID);
  EXPECT(exchange == 0 && callbacks == 0);
  lists->destroy_list(internal);
  lists->destroy_list(open);
}

static void try_arguments(struct probe* self, radius_thread_t* thread, radius_request_t* request) {
  const radius_client_v1_t* client = self->client;
  radius_exchange_t exchange = 0;
  radius_pool_t pool = 0;
  EXPECT(client->pool(self->instance, text("homes"), &pool) == RADIUS_ERR_STATE); /* not in create any more */
  EXPECT(client->send(NULL, self->pool, 1, self->own, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, 0, 1, self->own, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool + 1, 1, self->own, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 2, self->own, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 12, self->own, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 256 + 1, self->own, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 1, NULL, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 1, self->own, NULL, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->send(thread, self->pool, 1, self->own, nothing, self, NULL) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(NULL, self->pool, request, NULL, 0, NULL, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, 0, request, NULL, 0, NULL, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, self->pool, NULL, NULL, 0, NULL, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, self->pool, request, NULL, 1, NULL, nothing, self, &exchange) == RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, self->pool, request, NULL, 0, NULL, NULL, self, &exchange) == RADIUS_ERR_INVALID);
  const radius_attr_t unknown = 0;
  EXPECT(client->forward(thread, self->pool, request, &unknown, 1, NULL, nothing, self, &exchange) ==
         RADIUS_ERR_INVALID);
  EXPECT(client->forward(thread, self->pool, request, &self->proxy_state, 1, NULL, nothing, self, &exchange) ==
         RADIUS_ERR_HOST_OWNED);
  EXPECT(client->cancel(NULL, 1) == RADIUS_ERR_INVALID);
  EXPECT(client->cancel(thread, 0) == RADIUS_ERR_GONE);
  EXPECT(client->cancel(thread, UINT64_MAX) == RADIUS_ERR_GONE);
  EXPECT(exchange == 0 && callbacks == 0);
}

static void try_cancel(struct probe* self, radius_thread_t* thread) {
  radius_exchange_t exchange = 0;
  callbacks = 0;
  EXPECT(self->client->send(thread, self->pool, 1, self->own, nothing, self, &exchange) == RADIUS_OK && exchange != 0);
  EXPECT(callbacks == 0);
  EXPECT(self->client->cancel(thread, exchange) == RADIUS_OK);
  EXPECT(callbacks == 1 && last_status == RADIUS_ERR_GONE);
  EXPECT(self->client->cancel(thread, exchange) == RADIUS_ERR_GONE && callbacks == 1);
}

static void try_bound(struct probe* self, radius_thread_t* thread) {
  radius_exchange_t exchanges[8] = {0};
  size_t begun = 0;
  callbacks = 0;
  radius_status_t status = RADIUS_OK;
  for (; begun < 8; ++begun) {
    status = self->client->send(thread, self->pool, 1, self->own, nothing, self, &exchanges[begun]);
    if (status != RADIUS_OK) break;
  }
  EXPECT(begun == 4 && status == RADIUS_ERR_LIMIT); /* max_outstanding = 4 */
  for (size_t i = 0; i < begun; ++i) EXPECT(self->client->cancel(thread, exchanges[i]) == RADIUS_OK);
  EXPECT(callbacks == 4);
}

static void try_pool_thread(struct probe* self, radius_thread_t* thread, radius_request_t* request) {
  const radius_client_v1_t* client = self->client;
  radius_exchange_t exchange = 0;
  EXPECT(client->send(thread, self->pool, 1, self->own, nothing, self, &exchange) == RADIUS_ERR_STATE);
  EXPECT(client->forward(thread, self->pool, request, NULL, 0, NULL, nothing, self, &exchange) == RADIUS_ERR_STATE);
  EXPECT(client->cancel(thread, 1) == RADIUS_ERR_STATE);
}

struct waiting {
  struct probe* self;
  radius_token_t token;
};

static void answered(void* data, radius_exchange_t exchange, radius_status_t status, uint32_t code,
                     const radius_list_t* answer) {
  struct waiting* waiting = data;
  struct probe* self = waiting->self;
  char told[64];
  (void)exchange;
  (void)answer;
  snprintf(told, sizeof told, "status %d, code %u", (int)status, (unsigned)code);
  radius_request_t* request = self->host->tokens->acquire(self->instance, waiting->token);
  if (request != NULL) {
    radius_list_t* reply = self->host->requests->list(request, RADIUS_LIST_REPLY);
    self->host->lists->add_parsed(reply, self->reply_message, RADIUS_NO_TAG, text(told));
    self->host->tokens->complete(self->instance, waiting->token, request, RADIUS_ACCEPT, 0);
  }
  free(waiting);
}

static radius_verdict_t handle(void* data, void* thread_self, radius_request_t* request) {
  struct probe* self = data;
  radius_view_t name;
  const radius_list_t* list = self->host->requests->list(request, RADIUS_LIST_REQUEST);
  if (self->host->lists->find(list, self->user_name, &name) != RADIUS_OK) return RADIUS_REJECT;
#define SAYS(word) (name.length == strlen(word) && memcmp(name.data, word, strlen(word)) == 0)
  radius_exchange_t exchange = 0;
  if (SAYS("send")) {
    struct waiting* waiting = malloc(sizeof *waiting);
    if (waiting == NULL) return RADIUS_ERR_MEMORY;
    *waiting = (struct waiting){self, self->host->tokens->token(request)};
    const radius_status_t status =
        self->client->send(thread_self, self->pool, 1, self->own, answered, waiting, &exchange);
    if (status == RADIUS_OK) return RADIUS_PENDING;
    free(waiting);
    return status;
  }
  if (SAYS("offload")) {
    radius_request_info_t info = {.size = sizeof info};
    self->host->requests->info(request, &info);
    if ((info.flags & RADIUS_REQUEST_OFFLOADED) == 0) return RADIUS_OFFLOAD;
    try_pool_thread(self, thread_self, request);
  } else if (SAYS("arguments")) {
    try_arguments(self, thread_self, request);
    try_lists(self, thread_self, request);
  } else if (SAYS("cancel")) {
    try_cancel(self, thread_self);
  } else if (SAYS("bound")) {
    try_bound(self, thread_self);
  } else if (SAYS("leave")) {
    EXPECT(self->client->send(thread_self, self->pool, 1, self->own, nothing, self, &exchange) == RADIUS_OK);
  } else {
    return RADIUS_REJECT;
  }
  char line[16];
  snprintf(line, sizeof line, "%d", self->failed_line);
  radius_list_t* reply = self->host->requests->list(request, RADIUS_LIST_REPLY);
  self->host->lists->add_parsed(reply, self->reply_message, RADIUS_NO_TAG, text(line));
  return RADIUS_ACCEPT;
}

#define ID "org.radhost.test.client-probe"
#define VERSION "1.0.0"

RADIUS_NOTE(ID, VERSION, 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .abi_minor = RADIUS_PLUGIN_ABI_MINOR,
      .id = {ID, sizeof ID - 1},
      .version = {VERSION, sizeof VERSION - 1},
      .description = {"tries radius.client/1", sizeof "tries radius.client/1" - 1},
      .create = create,
      .destroy = destroy,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle,
  };
  return &descriptor;
}
