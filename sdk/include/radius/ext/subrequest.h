/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "radius.subrequest/1": a request inside a request, run through a [chain.NAME], as tunnelled EAP needs.
 *
 * The callback comes exactly once for each call that returned RADIUS_OK, and never for one that did not. When the outer
 * request ends first, the verdict is RADIUS_ERR_GONE.
 *
 * The verdict is one of RADIUS_ACCEPT, RADIUS_REJECT (also at the end of the chain), RADIUS_CHALLENGE, RADIUS_DROP,
 * RADIUS_UNABLE, or what `on_error` of a handler that failed says: RADIUS_REJECT or RADIUS_DROP. With RADIUS_CHALLENGE
 * the chain's notes and data are kept within the outer conversation, and no State is made: the instance's next
 * subrequest through the same chain, in the next round of the outer request, goes on where it was challenged. The outer
 * handler must challenge, too, for that round to come.
 */
#ifndef RADIUS_EXT_SUBREQUEST_H
#define RADIUS_EXT_SUBREQUEST_H

#include <radius/abi.h>
#include <radius/list.h>
#include <radius/verdict.h>

#define RADIUS_EXT_SUBREQUEST "radius.subrequest/1"

RADIUS_BEGIN_DECLARATIONS

/** A chain's number within its instance. 0 is none. */
typedef uint32_t radius_chain_t;

/**
 * The outcome, on the thread that ran it; the reply is borrowed for the call, and empty after a failure. May come
 * before `run` returns.
 */
typedef void (*radius_subrequest_callback_t)(void *data, radius_verdict_t verdict, const radius_list_t *reply);

typedef struct radius_subrequest_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Finds a [chain.NAME]. [create] */
  radius_status_t (*chain)(radius_instance_t *instance, radius_text_t name, radius_chain_t *chain);

  /**
   * Runs an Access-Request with these attributes: handlers of the same instance may run, and `done` be called, before
   * this returns. It has the outer request's peer and client and a deadline no later than its own; its conversation
   * belongs to the outer one. RADIUS_ERR_LIMIT when nested too deep, or when too many are under way; RADIUS_ERR_STATE
   * on a pool thread; RADIUS_ERR_INVALID for internal attributes, RADIUS_ERR_RANGE for more than a packet holds;
   * RADIUS_ERR_GONE when the outer request has its verdict, or its deadline has passed. [handler]
   */
  radius_status_t (*run)(radius_thread_t *thread, radius_chain_t chain, radius_request_t *outer,
                         const radius_list_t *attributes, radius_subrequest_callback_t done, void *data);
} radius_subrequest_v1_t;
RADIUS_PIN_SIZE(radius_subrequest_v1_t, 24);
RADIUS_PIN_OFFSET(radius_subrequest_v1_t, run, 16);

RADIUS_END_DECLARATIONS

#endif
