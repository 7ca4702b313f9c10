/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "radius.client/1": requests to other servers, through a [pool.NAME] of the configuration.
 *
 * The host retransmits (RFC 5080 §2.2.1), fails over, verifies answers, and hides and reveals.
 *
 * A callback comes exactly once for each call that returned RADIUS_OK, and never for one that did not; never before
 * `send` or `forward` returns. What is still under way when thread_stop is called gets RADIUS_ERR_GONE just before.
 */
#ifndef RADIUS_EXT_CLIENT_H
#define RADIUS_EXT_CLIENT_H

#include <radius/abi.h>
#include <radius/list.h>

#define RADIUS_EXT_CLIENT "radius.client/1"

RADIUS_BEGIN_DECLARATIONS

/** A pool's number within its instance, and that of a request under way. 0 is none. */
typedef uint32_t radius_pool_t;
typedef uint64_t radius_exchange_t;

/**
 * The outcome, on the thread that sent it: with RADIUS_OK the answer's code and attributes, borrowed for the
 * call; RADIUS_ERR_TIMEOUT when no server answered; RADIUS_ERR_GONE when it was cancelled.
 */
typedef void (*radius_client_callback_t)(void *data, radius_exchange_t exchange, radius_status_t status, uint32_t code,
                                         const radius_list_t *answer);

typedef struct radius_client_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Finds a pool by name. [create] */
  radius_status_t (*pool)(radius_instance_t *instance, radius_text_t name, radius_pool_t *pool);

  /** Sends a request of the module's own; `code` is one of RADIUS_CODE_…, else RADIUS_ERR_INVALID. [worker] */
  radius_status_t (*send)(radius_thread_t *thread, radius_pool_t pool, uint32_t code, const radius_list_t *attributes,
                          radius_client_callback_t done, void *data, radius_exchange_t *exchange);

  /**
   * Forwards the request in hand. What the edits do not name goes out octet for octet, unknown and invalid
   * attributes too; hidden ones are hidden anew; one Proxy-State is added. `remove` lists handles. [handler]
   */
  radius_status_t (*forward)(radius_thread_t *thread, radius_pool_t pool, radius_request_t *request,
                             const radius_attr_t *remove, uint32_t remove_count, const radius_list_t *add,
                             radius_client_callback_t done, void *data, radius_exchange_t *exchange);

  /** Gives up; the callback is called with RADIUS_ERR_GONE before this returns. [worker] */
  radius_status_t (*cancel)(radius_thread_t *thread, radius_exchange_t exchange);
} radius_client_v1_t;
RADIUS_PIN_SIZE(radius_client_v1_t, 40);
RADIUS_PIN_OFFSET(radius_client_v1_t, cancel, 32);

RADIUS_END_DECLARATIONS

#endif
