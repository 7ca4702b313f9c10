/* SPDX-License-Identifier: Apache-2.0 */
/** The host's log, and the text that explains an error. */
#ifndef RADIUS_LOG_H
#define RADIUS_LOG_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

typedef int32_t radius_level_t;
enum { RADIUS_DEBUG = 1, RADIUS_INFO = 2, RADIUS_WARN = 3, RADIUS_ERROR = 4 };

typedef struct radius_log_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Is anything written at this level? 1 or 0. Ask before building a costly message. [any-thread] */
  int32_t (*enabled)(radius_instance_t *instance, radius_level_t level);

  /** Writes one line, which carries the instance's name. Never write secrets. [any-thread] */
  void (*write)(radius_instance_t *instance, radius_level_t level, radius_text_t message);

  /** The same, with the number of the request that the host's own lines about it carry. [handler] */
  void (*write_for)(radius_request_t *request, radius_level_t level, radius_text_t message);

  /**
   * Says why the function that is running is about to return an error, or why `complete`, `started` or `thread_started`
   * is about to be called with one, on the same thread. The host shows it with that error; the last text wins.
   * [any-thread]
   */
  void (*explain)(radius_instance_t *instance, radius_text_t message);
} radius_log_v1_t;
RADIUS_PIN_SIZE(radius_log_v1_t, 40);
RADIUS_PIN_OFFSET(radius_log_v1_t, explain, 32);

RADIUS_END_DECLARATIONS

#endif
