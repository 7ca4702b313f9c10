/* SPDX-License-Identifier: Apache-2.0 */
/** Time and randomness, from the host, so that tests can supply their own, to each instance another. */
#ifndef RADIUS_SYSTEM_H
#define RADIUS_SYSTEM_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

typedef struct radius_system_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Nanoseconds since some fixed moment; never goes back. [any-thread] */
  uint64_t (*monotonic_ns)(radius_instance_t *instance);

  /** Microseconds since 1970-01-01 UTC; may be set back by the administrator. [any-thread] */
  int64_t (*wall_clock_us)(radius_instance_t *instance);

  /** Fills `length` octets with unpredictable ones. RADIUS_ERR_INTERNAL when the source fails. [any-thread] */
  radius_status_t (*random)(radius_instance_t *instance, uint8_t *octets, uint64_t length);
} radius_system_v1_t;
RADIUS_PIN_SIZE(radius_system_v1_t, 32);
RADIUS_PIN_OFFSET(radius_system_v1_t, random, 24);

RADIUS_END_DECLARATIONS

#endif
