/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "radius.store/1": octets kept under a key for some time, across requests, workers and instances.
 *
 * There is one store, and it outlives instances: all of them see the same keys, so begin yours with the name of your
 * module. A key has 1 to 1,024 octets, and need not be text. What is kept is wiped when it goes.
 *
 * Answers come by callback, so that a shared store on another machine can stand behind it. A callback never comes from
 * within the call: it comes when the thread has returned from what it does, in the order of the calls of one thread;
 * on a pool thread, when the handler has returned and before the next is called.
 *
 * A callback comes exactly once for each call that returned RADIUS_OK, and never for one that did not; what is still
 * under way when thread_stop is called gets RADIUS_ERR_GONE just before, and whether it was done is not known. No call
 * succeeds from then on: RADIUS_ERR_STATE. The calls return RADIUS_ERR_INVALID for an empty key or without a callback,
 * RADIUS_ERR_RANGE for a longer key or a `ttl_ms` of 0, RADIUS_ERR_LIMIT when too many answers wait for the thread,
 * RADIUS_ERR_STATE on another thread than the one whose handle is passed.
 */
#ifndef RADIUS_EXT_STORE_H
#define RADIUS_EXT_STORE_H

#include <radius/abi.h>

#define RADIUS_EXT_STORE "radius.store/1"

RADIUS_BEGIN_DECLARATIONS

/**
 * The outcome of an operation, on the thread that asked for it. The status says whether something was found; `octets`
 * is NULL else, and may be NULL for a value of no octets. It is borrowed for the call.
 */
typedef void (*radius_store_callback_t)(void *data, radius_status_t status, const uint8_t *octets, uint64_t length);

typedef struct radius_store_v1 {
  uint32_t size;
  uint32_t reserved;

  /** RADIUS_ERR_NOT_FOUND to the callback when there is nothing, or no more. [worker] */
  radius_status_t (*get)(radius_thread_t *thread, radius_text_t key, radius_store_callback_t done, void *data);

  /**
   * Keeps a copy for `ttl_ms`, in place of what is there. RADIUS_ERR_LIMIT to the callback when the store is full.
   * [worker]
   */
  radius_status_t (*put)(radius_thread_t *thread, radius_text_t key, const uint8_t *octets, uint64_t length,
                         uint64_t ttl_ms, radius_store_callback_t done, void *data);

  /** Keeps it only where nothing is kept; RADIUS_ERR_STATE, with what is there, otherwise. [worker] */
  radius_status_t (*put_new)(radius_thread_t *thread, radius_text_t key, const uint8_t *octets, uint64_t length,
                             uint64_t ttl_ms, radius_store_callback_t done, void *data);

  /** Takes it out, and gives the callback what was there; RADIUS_ERR_NOT_FOUND as with get. [worker] */
  radius_status_t (*take)(radius_thread_t *thread, radius_text_t key, radius_store_callback_t done, void *data);
} radius_store_v1_t;
RADIUS_PIN_SIZE(radius_store_v1_t, 40);
RADIUS_PIN_OFFSET(radius_store_v1_t, take, 32);

RADIUS_END_DECLARATIONS

#endif
