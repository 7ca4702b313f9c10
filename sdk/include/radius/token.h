/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Answering later.
 *
 * A handler takes the request's token, starts the work, and returns RADIUS_PENDING. Whoever finishes the work
 * acquires the request by its token, writes to its lists, and completes it. The token is a number, never a
 * pointer: when the request's deadline has passed, `acquire` simply finds nothing.
 *
 * After the handler has returned RADIUS_PENDING, nothing of the request may be touched but between acquire and complete
 * or release; its pointers are then the same as before.
 *
 * Every request has a deadline. When it passes, the host applies `on_error` and calls the module's `cancel`.
 */
#ifndef RADIUS_TOKEN_H
#define RADIUS_TOKEN_H

#include <radius/abi.h>
#include <radius/verdict.h>

RADIUS_BEGIN_DECLARATIONS

/** A request that will be answered later. 0 is none. */
typedef uint64_t radius_token_t;

typedef struct radius_tokens_v1 {
  uint32_t size;
  uint32_t reserved;

  /** The token of the request in hand; 0 where this host does not answer later. [handler] */
  radius_token_t (*token)(radius_request_t *request);

  /**
   * Pins the request and returns it, or NULL when it has ended or somebody holds it. What was pinned is not freed
   * before complete or release, and may be handed to another thread meanwhile: one at a time uses it. [any-thread]
   */
  radius_request_t *(*acquire)(radius_instance_t *instance, radius_token_t token);

  /**
   * Gives the verdict. `pinned` is what `acquire` returned, and is unpinned; NULL for who does not hold the request:
   * RADIUS_ERR_STATE then while somebody does. Legal before the handler has returned RADIUS_PENDING, which it must then
   * still do. `flags`: RADIUS_COMPLETE_…, RADIUS_ERR_INVALID for any other. RADIUS_ERR_GONE when the request has ended
   * or was completed before (`pinned` is unpinned all the same); RADIUS_ERR_STATE, too, for a `pinned` that is not
   * pinned any more, RADIUS_ERR_INVALID for one that is another token's. RADIUS_OK: it was taken; a host that serves
   * the module in another process may learn later that it came too late, and calls `cancel` then. [any-thread]
   */
  radius_status_t (*complete)(radius_instance_t *instance, radius_token_t token, radius_request_t *pinned,
                              radius_verdict_t verdict, uint32_t flags);

  /**
   * Unpins what `acquire` returned, without a verdict; RADIUS_ERR_GONE when the request has ended meanwhile. Who does
   * not hold it unpins nothing: RADIUS_ERR_STATE. [any-thread]
   */
  radius_status_t (*release)(radius_instance_t *instance, radius_token_t token, radius_request_t *pinned);
} radius_tokens_v1_t;
RADIUS_PIN_SIZE(radius_tokens_v1_t, 40);
RADIUS_PIN_OFFSET(radius_tokens_v1_t, release, 32);

RADIUS_END_DECLARATIONS

#endif
