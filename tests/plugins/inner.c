/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs the User-Name through [chain.inner], answers as that does, and puts a group of its own into the reply. "wait" it
 * leaves to its deadline. What the host calls it for besides goes to the log: finish, cancel, reopen.
 */
#include <radius/ext/subrequest.h>
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct inner {
  const radius_host_v1_t* host;
  const radius_subrequest_v1_t* subrequests;
  radius_instance_t* instance;
  radius_chain_t chain;
  radius_attr_t user_name, port_limit_info, port_type;
};

struct call {
  struct inner* self;
  radius_token_t token;
};

static radius_text_t text(const char* from) { return (radius_text_t){from, strlen(from)}; }

static void say(struct inner* self, const char* what, int64_t value) {
  char line[64];
  snprintf(line, sizeof line, "%s %lld", what, (long long)value);
  self->host->log->write(self->instance, RADIUS_INFO, text(line));
}

static radius_status_t create(const radius_host_v1_t* host, radius_instance_t* instance, void** result) {
  const radius_dictionary_v1_t* dictionary = host->dictionary;
  const radius_subrequest_v1_t* subrequests = host->extension(instance, text(RADIUS_EXT_SUBREQUEST));
  if (subrequests == NULL) return RADIUS_ERR_UNSUPPORTED;
  struct inner* self = calloc(1, sizeof *self);
  if (self == NULL) return RADIUS_ERR_MEMORY;
  self->host = host;
  self->instance = instance;
  self->subrequests = subrequests;
  radius_status_t status = subrequests->chain(instance, text("inner"), &self->chain);
  if (status == RADIUS_OK) status = dictionary->resolve(instance, text("User-Name"), &self->user_name);
  if (status == RADIUS_OK) status = dictionary->resolve(instance, text("IP-Port-Limit-Info"), &self->port_limit_info);
  if (status == RADIUS_OK) status = dictionary->resolve(instance, text("IP-Port-Type"), &self->port_type);
  if (status != RADIUS_OK) {
    free(self);
    return status;
  }
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

/* A TLV with one child, which is then read. */
static radius_status_t add_group(struct inner* self, radius_list_t* reply) {
  const radius_lists_v1_t* lists = self->host->lists;
  radius_view_t parent, child;
  uint64_t number = 0;
  radius_status_t status = lists->begin_group(reply, self->port_limit_info);
  if (status == RADIUS_OK) status = lists->add_integer(reply, self->port_type, RADIUS_NO_TAG, 7);
  if (status == RADIUS_OK) status = lists->end_group(reply);
  if (status == RADIUS_OK) status = lists->find(reply, self->port_limit_info, &parent);
  if (status == RADIUS_OK) status = lists->first_child(reply, &parent, &child);
  if (status == RADIUS_OK) status = lists->read_integer(&child, &number);
  if (status != RADIUS_OK || number != 7) return RADIUS_ERR_INTERNAL;
  return lists->next_child(reply, &parent, &child) == RADIUS_ERR_NOT_FOUND ? RADIUS_OK : RADIUS_ERR_INTERNAL;
}

static void done(void* data, radius_verdict_t verdict, const radius_list_t* inner_reply) {
  struct call* call = data;
  struct inner* self = call->self;
  const radius_tokens_v1_t* tokens = self->host->tokens;
  radius_request_t* request = tokens->acquire(self->instance, call->token);
  if (request != NULL) {
    radius_list_t* reply = self->host->requests->list(request, RADIUS_LIST_REPLY);
    radius_status_t status = self->host->lists->append(reply, inner_reply);
    if (status == RADIUS_OK) status = add_group(self, reply);
    tokens->complete(self->instance, call->token, request, status == RADIUS_OK ? verdict : status, 0);
  }
  free(call);
}

static radius_verdict_t handle_access(void* data, void* thread_self, radius_request_t* request) {
  struct inner* self = data;
  const radius_lists_v1_t* lists = self->host->lists;
  radius_view_t name;
  radius_list_t* list = NULL;
  const radius_token_t token = self->host->tokens->token(request);
  if (lists->find(self->host->requests->list(request, RADIUS_LIST_REQUEST), self->user_name, &name) != RADIUS_OK)
    return RADIUS_REJECT;
  if (name.length == 4 && memcmp(name.data, "wait", 4) == 0) return RADIUS_PENDING;
  struct call* call = malloc(sizeof *call);
  if (call == NULL) return RADIUS_ERR_MEMORY;
  *call = (struct call){self, token};
  radius_status_t status = lists->create_list(self->instance, &list);
  if (status == RADIUS_OK) status = lists->add_octets(list, self->user_name, RADIUS_NO_TAG, name.data, name.length);
  if (status == RADIUS_OK) status = self->subrequests->run(thread_self, self->chain, request, list, done, call);
  lists->destroy_list(list);
  if (status == RADIUS_OK) return RADIUS_PENDING;
  free(call);
  return status;
}

static void handle_finish(void* self, void* thread_self, radius_request_t* request, radius_verdict_t verdict) {
  (void)thread_self;
  (void)request;
  say(self, "finish", verdict);
}

static void cancel(void* self, radius_token_t token) { say(self, "cancel", token != 0); }

static void reopen(void* self) { say(self, "reopen", 0); }

RADIUS_NOTE("org.radhost.test.inner", "1.0.0", 0);

const radius_plugin_v1_t* radius_plugin_v1(void) {
  static const radius_plugin_v1_t descriptor = {
      .size = sizeof descriptor,
      .create = create,
      .destroy = destroy,
      .thread_start = thread_start,
      .thread_stop = thread_stop,
      .handle_access = handle_access,
      .handle_finish = handle_finish,
      .cancel = cancel,
      .reopen = reopen,
  };
  return &descriptor;
}
