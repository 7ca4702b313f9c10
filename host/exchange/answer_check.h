// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/bad_answer.h"
#include "exchange/outbound_packet.h"

namespace radhost {

/// What an answer must have, besides what its request asks of it.
struct AnswerRules {
  const SharedSecret& secret;
  bool require_message_authenticator;  ///< to an Access-Request or Status-Server
  uint32_t event_timestamp_window_s;
  uint64_t now_s;  ///< wall clock
};

/// Why a packet is no answer to this request, whose Identifier it has; nothing when it is one. Authenticators are
/// compared in constant time.
std::optional<BadAnswer> check_answer(const Packet& answer, const OutboundPacket& request, const AnswerRules& rules);

/// Copies an answer's attributes without the last Proxy-State where that is `own`; how many octets.
size_t copy_without(Octets attributes, const OwnProxyState& own, MutableOctets to);

}  // namespace radhost
