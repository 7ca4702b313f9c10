/* SPDX-License-Identifier: Apache-2.0 */
/** The host's table: everything a module may ask of it. */
#ifndef RADIUS_HOST_H
#define RADIUS_HOST_H

#include <radius/abi.h>
#include <radius/config.h>
#include <radius/conversation.h>
#include <radius/dictionary.h>
#include <radius/list.h>
#include <radius/log.h>
#include <radius/request.h>
#include <radius/system.h>
#include <radius/timer.h>
#include <radius/token.h>

RADIUS_BEGIN_DECLARATIONS

/** Valid from `create` until `destroy` returns. The tables it points to are never NULL and never change. */
typedef struct radius_host_v1 {
  uint32_t size;
  uint32_t abi_minor;    /* RADIUS_PLUGIN_ABI_MINOR of the host */
  radius_text_t name;    /* "radhost" */
  radius_text_t version; /* of the program, for people */

  const radius_log_v1_t *log;
  const radius_system_v1_t *system;
  const radius_config_v1_t *config;
  const radius_dictionary_v1_t *dictionary;
  const radius_lists_v1_t *lists;
  const radius_requests_v1_t *requests;
  const radius_tokens_v1_t *tokens;
  const radius_conversations_v1_t *conversations;
  const radius_timers_v1_t *timers;

  /**
   * An extension's table by its id, such as "radius.store/1" (headers in radius/ext/); NULL when this host
   * does not have it. Lives as long as the instance. [create]
   */
  const void *(*extension)(radius_instance_t *instance, radius_text_t id);

  /** Finishes a `start` that returned RADIUS_STARTING: RADIUS_OK or an error. [any-thread] */
  radius_status_t (*started)(radius_instance_t *instance, radius_status_t status);

  /** Finishes a `thread_start` that returned RADIUS_STARTING. [worker] */
  radius_status_t (*thread_started)(radius_thread_t *thread, radius_status_t status);
} radius_host_v1_t;
RADIUS_PIN_SIZE(radius_host_v1_t, 136);
RADIUS_PIN_OFFSET(radius_host_v1_t, log, 40);
RADIUS_PIN_OFFSET(radius_host_v1_t, extension, 112);
RADIUS_PIN_OFFSET(radius_host_v1_t, thread_started, 128);

/** What `start` and `thread_start` return when they will finish later. */
enum { RADIUS_STARTING = 1 };

RADIUS_END_DECLARATIONS

#endif
