// SPDX-License-Identifier: Apache-2.0
#include "packet/packet.h"

namespace radhost {

bool attributes_fill(Octets octets) {
  while (!octets.empty()) {
    // RFC 2865 §5: Length counts Type and Length themselves.
    if (octets.size() < 2 || octets[1] < 2 || octets[1] > octets.size()) return false;
    octets = octets.subspan(octets[1]);
  }
  return true;
}

Result<Packet, Discard> Packet::decode(Octets received) {
  // RFC 2865 §3: shorter than 20 or longer than 4096 is silently discarded, as is fewer octets than Length.
  if (received.size() < header_size) return Discard::ShortPacket;
  size_t length = get_uint16be(received.subspan(2));
  if (length < header_size) return Discard::ShortPacket;
  if (length > maximum_size) return Discard::OversizedPacket;
  if (length > received.size()) return Discard::TruncatedPacket;
  if (code_name(static_cast<Code>(received[0])).empty()) return Discard::UnknownCode;

  // RFC 2865 §3: octets outside the range of the Length field are padding.
  Packet packet(received.first(length));
  if (!packet.scan_attributes()) return Discard::MalformedAttribute;
  return packet;
}

bool Packet::scan_attributes() {
  size_t offset = header_size;
  while (offset < octets_.size()) {
    if (octets_.size() - offset < Attribute::header_size) return false;
    uint8_t type = octets_[offset];
    size_t length = octets_[offset + 1];
    if (length < Attribute::header_size || length > octets_.size() - offset) return false;
    if (type == attribute_type::message_authenticator) {
      bool first = message_authenticator_offset_ == 0;
      message_authenticator_wellformed_ = first && length == Attribute::header_size + message_authenticator_size;
      if (first) message_authenticator_offset_ = static_cast<uint16_t>(offset + Attribute::header_size);
    }
    present_[type >> 6] |= uint64_t{1} << (type & 63);
    offset += length;
  }
  return true;
}

Octets Packet::value_of(uint8_t type) const {
  if (has(type))
    for (Attribute attribute : attributes())
      if (attribute.type == type) return attribute.value;
  return {};
}

}  // namespace radhost
