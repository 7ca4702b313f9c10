/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Conversations: several rounds of Access-Challenge and Access-Request (RFC 2865 §2.1, RFC 3579 §2).
 *
 * RADIUS_CHALLENGE begins one. The host mints its State, fresh each round, and brings the next round back to
 * the handler that challenged, on whatever worker and port it arrives, with the control list and one slot of
 * data kept. A reply that already holds a State of the module's own is sent as it is and opens nothing.
 */
#ifndef RADIUS_CONVERSATION_H
#define RADIUS_CONVERSATION_H

#include <radius/abi.h>

RADIUS_BEGIN_DECLARATIONS

typedef struct radius_conversations_v1 {
  uint32_t size;
  uint32_t reserved;

  /** The number of the round in hand: 0 for a new request. [handler] */
  uint32_t (*round)(radius_request_t *request);

  /** The data that an earlier round left; NULL when there is none, which may be so in any round. [handler] */
  void *(*data)(radius_request_t *request);

  /**
   * Leaves data for the next round, in place of what was there, which is destroyed before this returns; a pointer that
   * is there already stays, with the `destroy` it has. `destroy` (may be NULL) ends the data, once, on any thread, when
   * the conversation does, and before the instance's `destroy` at the latest. On an error the data stays the caller's.
   * [handler]
   */
  radius_status_t (*set_data)(radius_request_t *request, void *data, void (*destroy)(void *data));
} radius_conversations_v1_t;
RADIUS_PIN_SIZE(radius_conversations_v1_t, 32);
RADIUS_PIN_OFFSET(radius_conversations_v1_t, set_data, 24);

RADIUS_END_DECLARATIONS

#endif
