/* SPDX-License-Identifier: Apache-2.0 */
/* What the snippets of the documentation in C stand in: a handler, and a create. */
#include <radius/ext/client.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/ext/subrequest.h>
#include <radius/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asked;
struct waiting;
int is_back_end_there(void);
int is_right(const struct asked *asked);
void ask_somebody(radius_token_t token);
struct waiting *remember(radius_request_t *request);
radius_text_t text(const char *terminated);
radius_store_callback_t stored;
radius_client_callback_t answered;
radius_subrequest_callback_t ended;
extern const radius_store_v1_t *store;
extern const radius_client_v1_t *client;
extern const radius_subrequest_v1_t *subrequests;
extern radius_attr_t user_name, nas_port, session_timeout;
extern radius_pool_t pool;
extern radius_chain_t chain;
extern const radius_list_t *attributes;
struct asked {
  int code;
};

radius_verdict_t handler(const radius_host_v1_t *host, radius_instance_t *instance, radius_thread_t *thread,
                         radius_request_t *request);
radius_verdict_t handler(const radius_host_v1_t *host, radius_instance_t *instance, radius_thread_t *thread,
                         radius_request_t *request) {
  (void)host, (void)instance, (void)thread, (void)request;
/* handler */
}

radius_status_t create(const radius_host_v1_t *host, radius_instance_t *instance);
radius_status_t create(const radius_host_v1_t *host, radius_instance_t *instance) {
  (void)host, (void)instance;
/* create */
}
