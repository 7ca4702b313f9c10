/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Answering later.
 *
 * A handler takes the request's token, starts the work, and returns RADIUS_PENDING. Whoever finishes the work
 * acquires the request by its token, writes to its lists, and completes it. The token is a number, never a
 * pointer: when the request's deadline has passed, `acquire` simply finds nothing.
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
   * Pins the request and returns it, or NULL when it has ended or somebody else holds it. What was pinned is
   * not freed before complete or release. [any-thread]
   */
  radius_request_t *(*acquire)(radius_instance_t *instance, radius_token_t token);

  /**
   * Gives the verdict, and unpins. Legal before the handler has returned RADIUS_PENDING. `flags`:
   * RADIUS_COMPLETE_…. RADIUS_ERR_GONE when the request has ended or was completed before; nothing is touched
   * then. [any-thread]
   */
  radius_status_t (*complete)(radius_instance_t *instance, radius_token_t token, radius_verdict_t verdict,
                              uint32_t flags);

  /** Unpins without a verdict. [any-thread] */
  radius_status_t (*release)(radius_instance_t *instance, radius_token_t token);
} radius_tokens_v1_t;
RADIUS_PIN_SIZE(radius_tokens_v1_t, 40);
RADIUS_PIN_OFFSET(radius_tokens_v1_t, release, 32);

RADIUS_END_DECLARATIONS

#endif
