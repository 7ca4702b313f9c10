/* SPDX-License-Identifier: Apache-2.0 */
/* Reaches every type of the SDK's headers, so that its debug information holds the whole ABI. What a header adds is
   added here: a test says what is missing. */
#include <radius/ext/client.h>
#include <radius/ext/fd.h>
#include <radius/ext/metrics.h>
#include <radius/ext/store.h>
#include <radius/ext/subrequest.h>
#include <radius/plugin.h>

#define REACH(type)                       \
  RADIUS_EXPORT type* reach_##type(void); \
  type* reach_##type(void) { return NULL; }

/* abi.h */
REACH(radius_status_t)
REACH(radius_text_t)
REACH(radius_instance_t)
REACH(radius_thread_t)
REACH(radius_request_t)

/* config.h */
REACH(radius_config_type_t)
REACH(radius_config_v1_t)

/* conversation.h */
REACH(radius_conversations_v1_t)

/* dictionary.h */
REACH(radius_attr_t)
REACH(radius_type_t)
REACH(radius_attr_info_t)
REACH(radius_dictionary_v1_t)

/* host.h */
REACH(radius_host_v1_t)

/* list.h */
REACH(radius_list_t)
REACH(radius_prebuilt_t)
REACH(radius_view_t)
REACH(radius_lists_v1_t)

/* log.h */
REACH(radius_level_t)
REACH(radius_log_v1_t)

/* note.h */
REACH(radius_note_t)

/* plugin.h */
REACH(radius_threading_t)
REACH(radius_plugin_v1_t)

/* request.h */
REACH(radius_list_kind_t)
REACH(radius_address_t)
REACH(radius_request_info_t)
REACH(radius_requests_v1_t)

/* system.h */
REACH(radius_system_v1_t)

/* timer.h */
REACH(radius_timer_t)
REACH(radius_timer_callback_t)
REACH(radius_timers_v1_t)

/* token.h */
REACH(radius_token_t)
REACH(radius_tokens_v1_t)

/* verdict.h */
REACH(radius_verdict_t)

/* ext/client.h */
REACH(radius_pool_t)
REACH(radius_exchange_t)
REACH(radius_client_callback_t)
REACH(radius_client_v1_t)

/* ext/fd.h */
REACH(radius_watch_t)
REACH(radius_fd_v1_t)

/* ext/metrics.h */
REACH(radius_metric_t)
REACH(radius_metrics_v1_t)

/* ext/store.h */
REACH(radius_store_callback_t)
REACH(radius_store_v1_t)

/* ext/subrequest.h */
REACH(radius_chain_t)
REACH(radius_subrequest_callback_t)
REACH(radius_subrequest_v1_t)

const radius_plugin_v1_t* radius_plugin_v1(void) { return NULL; }
