/* SPDX-License-Identifier: Apache-2.0 */
/** What a handler says of a request, and what the host makes of it. */
#ifndef RADIUS_VERDICT_H
#define RADIUS_VERDICT_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

/**
 * A handler's answer. Negative values are a radius_status_t and mean that the handler failed; zero and any
 * number not listed here are a failure too. On failure the host applies the instance's `on_error`.
 *
 *                    Access-Request          Accounting-Request      CoA- / Disconnect-Request
 *   ACCEPT           Access-Accept           Accounting-Response     ACK
 *   REJECT           Access-Reject           no answer               NAK (with the reply's Error-Cause)
 *   CHALLENGE        Access-Challenge        the handler's failure   the handler's failure
 *   DROP             no answer, remembered   the same                the same
 *   UNABLE           1.1: Protocol-Error; 1.0: `on_error`  the same  NAK (with the reply's Error-Cause)
 *   PASS             the next handler        the next handler        the next handler
 *   PENDING          answered later with the request's token (token.h)
 *   OFFLOAD          the handler is called again on a pool thread, where it may block
 */
typedef int32_t radius_verdict_t;
enum {
  RADIUS_ACCEPT = 1,
  RADIUS_REJECT = 2,
  RADIUS_CHALLENGE = 3,
  RADIUS_DROP = 4,
  RADIUS_UNABLE = 5,
  RADIUS_PASS = 6,
  RADIUS_PENDING = 7,
  RADIUS_OFFLOAD = 8
};

/** Flags of a completion (token.h). */
enum {
  RADIUS_COMPLETE_PROXIED = 1 /* the verdict came from another server: a reject is not delayed here */
};

RADIUS_END_DECLARATIONS

#endif
