// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/writer.h"
#include "dictionary/notation.h"
#include "packet/authenticator.h"

namespace radhost {

/// A whole packet as pairs: Packet-Type, Packet-Id and Packet-Authenticator, then its attributes. In RADIUS/1.1
/// Packet-Type and Packet-Token (RFC 9765 §4.1), and then the attributes: nothing is hidden there, nothing signed.

/// What turns octets into text and back, beside the dictionary.
struct PacketTextKey {
  static constexpr size_t token_offset = 4;  ///< in a packet of RADIUS/1.1
  static constexpr size_t token_size = 4;

  const SharedSecret* secret = nullptr;                ///< nullptr: hidden values are shown as they are
  std::optional<Authenticator> request_authenticator;  ///< of the request that an answer belongs to
  bool is_1_1 = false;                                 ///< RADIUS/1.1, which needs neither of them
};

/// One pair an element. The error says why the octets are no packet.
Result<std::vector<std::string>, std::string> print_packet(const Dictionary& dictionary, Octets octets,
                                                           const PacketTextKey& key);

/// The attributes of a bare list.
Result<std::vector<std::string>, std::string> print_attributes(const Dictionary& dictionary, Octets octets,
                                                               const PacketTextKey& key);

/// Encodes pairs; a Message-Authenticator among them keeps its place and is computed, as is everything else that a
/// packet needs. The error says what cannot be encoded; in RADIUS/1.1 that is Message-Authenticator, too.
Result<std::vector<uint8_t>, std::string> encode_packet(Dictionary& dictionary, const std::vector<Pair>& pairs,
                                                        const PacketTextKey& key);
Result<std::vector<uint8_t>, std::string> encode_attributes(Dictionary& dictionary, const std::vector<Pair>& pairs,
                                                            const PacketTextKey& key);

/// Writes a list's attributes behind what the writer holds. Empty when all went well, else the reason.
std::string put_list(const AttributeList& list, const HidingKey* key, Writer& writer);

}  // namespace radhost
