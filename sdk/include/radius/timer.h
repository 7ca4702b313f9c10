/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Timers on the thread that starts them.
 *
 * A callback comes exactly once for each start that returned RADIUS_OK, unless the timer is stopped: with RADIUS_OK
 * when it expires, with RADIUS_ERR_GONE when it still runs as the thread ends. That is just before thread_stop is
 * called, on the thread; none can be started from then on: RADIUS_ERR_STATE, as on pool threads, which have no timers.
 */
#ifndef RADIUS_TIMER_H
#define RADIUS_TIMER_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

/** A running timer's number, unique within the instance and thread. 0 is none. */
typedef uint64_t radius_timer_t;

/** A timer's end, on the thread that started it. It may start others, and stop them. */
typedef void (*radius_timer_callback_t)(void *data, radius_timer_t timer, radius_status_t status);

typedef struct radius_timers_v1 {
  uint32_t size;
  uint32_t reserved;

  /**
   * Calls `expired` after `delay_ms`, never before this returns. `timer` may be NULL. RADIUS_ERR_LIMIT beyond the
   * host's bound. [worker]
   */
  radius_status_t (*start)(radius_thread_t *thread, uint64_t delay_ms, radius_timer_callback_t expired, void *data,
                           radius_timer_t *timer);

  /**
   * Ends a timer: its callback does not come, and `data` is the caller's again. RADIUS_ERR_GONE when it has. [worker]
   */
  radius_status_t (*stop)(radius_thread_t *thread, radius_timer_t timer);
} radius_timers_v1_t;
RADIUS_PIN_SIZE(radius_timers_v1_t, 24);
RADIUS_PIN_OFFSET(radius_timers_v1_t, stop, 16);

RADIUS_END_DECLARATIONS

#endif
