/* SPDX-License-Identifier: Apache-2.0 */
/** Timers on the thread that starts them. One that runs when thread_stop is called ends without a call. */
#ifndef RADIUS_TIMER_H
#define RADIUS_TIMER_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

/** A running timer's number, unique within the instance and thread. 0 is none. */
typedef uint64_t radius_timer_t;

typedef struct radius_timers_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Calls `expired` once, on this thread, after `delay_ms`. RADIUS_ERR_LIMIT beyond the host's bound. [worker] */
  radius_status_t (*start)(radius_thread_t *thread, uint64_t delay_ms,
                           void (*expired)(void *data, radius_timer_t timer), void *data, radius_timer_t *timer);

  /** Ends a timer before it expires; RADIUS_ERR_GONE when it has. [worker] */
  radius_status_t (*stop)(radius_thread_t *thread, radius_timer_t timer);
} radius_timers_v1_t;
RADIUS_PIN_SIZE(radius_timers_v1_t, 24);
RADIUS_PIN_OFFSET(radius_timers_v1_t, stop, 16);

RADIUS_END_DECLARATIONS

#endif
