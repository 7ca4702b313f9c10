// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/bad_answer.h"
#include "exchange/outbound_packet.h"

namespace radhost {

/// What an answer must have, besides what its request asks of it.
struct AnswerRules {
  const SharedSecret* secret;          ///< nullptr for RADIUS/1.1, whose packets are not signed (RFC 9765 §4.1)
  bool is_tls;                         ///< whoever could forge it could not have sent it
  bool require_message_authenticator;  ///< to an Access-Request or Status-Server, without TLS
  uint32_t event_timestamp_window_s;
  uint64_t now_s;  ///< wall clock
};

/// Why a packet is no answer to this request, whose Identifier it has; nothing when it is one. Authenticators are
/// compared in constant time.
std::optional<BadAnswer> check_answer(const Packet& answer, const OutboundPacket& request, const AnswerRules& rules);

/// Does a Protocol-Error say that another server may do better: 502, 505 or 506 (RFC 9765 §6.1; conformance D-19)?
bool asks_for_another_server(const Packet& answer);

/// Copies an answer's attributes without the last Proxy-State where that is `own`; how many octets.
size_t copy_without(Octets attributes, const OwnProxyState& own, MutableOctets to);

}  // namespace radhost
