/* SPDX-License-Identifier: Apache-2.0 */
/**
 * "radius.subrequest/1": a request inside a request, run through a [chain.NAME], as tunnelled EAP needs.
 *
 * The callback comes exactly once for each call that returned RADIUS_OK, and never for one that did not. When the outer
 * request ends first, the verdict is RADIUS_ERR_GONE.
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

/** The outcome, on the thread that ran it; the reply is borrowed for the call. May come before `run` returns. */
typedef void (*radius_subrequest_callback_t)(void *data, radius_verdict_t verdict, const radius_list_t *reply);

typedef struct radius_subrequest_v1 {
  uint32_t size;
  uint32_t reserved;

  /** Finds a [chain.NAME]. [create] */
  radius_status_t (*chain)(radius_instance_t *instance, radius_text_t name, radius_chain_t *chain);

  /**
   * Runs an Access-Request with these attributes. It has the outer request's peer and client and a deadline no
   * later than its own; its conversation belongs to the outer one. RADIUS_ERR_LIMIT when nested too deep.
   * [handler]
   */
  radius_status_t (*run)(radius_thread_t *thread, radius_chain_t chain, radius_request_t *outer,
                         const radius_list_t *attributes, radius_subrequest_callback_t done, void *data);
} radius_subrequest_v1_t;
RADIUS_PIN_SIZE(radius_subrequest_v1_t, 24);
RADIUS_PIN_OFFSET(radius_subrequest_v1_t, run, 16);

RADIUS_END_DECLARATIONS

#endif
