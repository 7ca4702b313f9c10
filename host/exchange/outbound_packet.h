// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/authenticator.h"
#include "packet/encode.h"
#include "packet/received_attributes.h"
#include "plugin/outbound_requests.h"

namespace radhost {

/// The Proxy-State that this proxy adds to what it forwards, and takes off the answer (RFC 2865 §5.33).
using OwnProxyState = std::array<uint8_t, 8>;

/// A request to a home server as it lies in its buffer, whose Identifier, or Token, comes in the end. What RADIUS/1.0
/// hides is hidden in it with a server's secret, or for RADIUS/1.1 in the clear.
struct OutboundPacket {
  std::array<uint8_t, Packet::maximum_size> octets;
  size_t size = 0;
  size_t message_authenticator = 0;  ///< where its value begins; 0 without one
  bool is_protected = false;         ///< has one wherever it is RADIUS/1.0
  OwnProxyState own_proxy_state{};   ///< of what is forwarded

  Code code() const { return static_cast<Code>(octets[0]); }
  Octets written() const { return Octets(octets).first(size); }
  MutableOctets written() { return MutableOctets(octets).first(size); }
  Octets authenticator() const {
    return Octets(octets).subspan(Packet::authenticator_offset, Packet::authenticator_size);
  }

  /// What its hidden values are hidden with.
  HidingKey key(const SharedSecret& secret) const;

  /// Sets the Identifier and signs: Message-Authenticator, then the authenticator where that is a digest.
  void sign(uint8_t identifier, const SharedSecret& secret);

  /// Makes the header that of RADIUS/1.1, whose packets are not signed (RFC 9765 §4.1).
  void label(uint32_t token);
};

/// The server that a packet is for: how values are hidden on the way there.
struct NextHop {
  const SharedSecret* secret;  ///< nullptr for RADIUS/1.1, where they are not
  SaltSource& salts;
};

using Encoded = std::optional<EncodeError>;  ///< nothing when all went well

/// Writes a request of a module's own.
[[nodiscard]] Encoded encode_own(Code code, const AttributeList& attributes, const NextHop& to, OutboundPacket& packet);

/// Writes a request that was received, as it goes to the next server: its attributes as they are but for the edits,
/// with hidden values hidden anew, a CHAP-Challenge where the Request Authenticator was it (RFC 2865 §2.3), and the
/// packet's own Proxy-State behind all others.
[[nodiscard]] Encoded encode_forwarded(radius_request& request, const ForwardEdits& edits, const NextHop& to,
                                       OutboundPacket& packet);

/// Writes a Status-Server (RFC 5997 §3).
void encode_status_server(bool is_1_1, OutboundPacket& packet);

/// With whose secret values are hidden, and with whose they are to be; nullptr: not at all, for RADIUS/1.1.
struct SecretChange {
  const SharedSecret* from;
  const SharedSecret* to;
  SaltSource& salts;
};

/// Makes of a request to one server that to another: a new packet, with another authenticator, and what is hidden
/// hidden for that one (RFC 9765 §6.3). `attributes` is used meanwhile. As it was where there is an error.
[[nodiscard]] Encoded readdress(OutboundPacket& packet, const SecretChange& change, const AttributeDefinition& root,
                                ReceivedAttributes& attributes);

}  // namespace radhost
