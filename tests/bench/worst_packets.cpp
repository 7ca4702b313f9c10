// SPDX-License-Identifier: Apache-2.0
#include "worst_packets.h"

#include <stdexcept>

#include "base/writer.h"
#include "packet/packet.h"

namespace radhost::bench {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t room = Packet::maximum_size - Packet::header_size;
constexpr uint8_t more = 0x80;
constexpr uint8_t unknown_type = 223;
constexpr uint8_t nested_type = 250;  // the Extended-Type of TLVs in TLVs

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes attribute(uint8_t type, const Bytes& value) {
  return Bytes{type, static_cast<uint8_t>(value.size() + Attribute::header_size)} + value;
}

/// A unit again and again, while all of it fits.
Bytes repeated(const Bytes& unit, size_t size) {
  Bytes whole;
  while (whole.size() + unit.size() <= size) whole = whole + unit;
  return whole;
}

/// A packet with these attributes; one that nobody knows fills it up, a single octet left is padding.
Bytes packet_of(Bytes attributes) {
  size_t left = room - attributes.size();
  if (left >= Attribute::header_size)
    attributes = attributes + attribute(unknown_type, Bytes(left - Attribute::header_size));
  Bytes packet(Packet::header_size);
  packet[0] = static_cast<uint8_t>(Code::AccessRequest);
  put_uint16be(MutableOctets(packet).subspan(2), static_cast<uint16_t>(Packet::header_size + attributes.size()));
  packet = packet + attributes;
  packet.resize(Packet::maximum_size);
  return packet;
}
Bytes packet_full_of(const Bytes& unit) { return packet_of(repeated(unit, room)); }

/// Every one holds one TLV, the innermost an octet. The dictionary learns all of them.
Bytes nested_tlvs(Dictionary& dictionary) {
  std::vector<uint32_t> path{attribute_type::extended_1, nested_type};
  Bytes value{0};
  AttributeDefinition tlv;
  tlv.type = DataType::Tlv;
  while (true) {
    auto added = dictionary.add_attribute(dictionary.mutable_root(), path, "Nested-" + std::to_string(path.size()),
                                          Naming::Global, tlv);
    if (!added.ok()) throw std::logic_error(added.error());
    if (value.size() + 2 > Attribute::value_max - 1) break;
    path.push_back(1);
    value = attribute(1, value);
  }
  return attribute(attribute_type::extended_1, Bytes{nested_type} + value);
}

Bytes vendor_specific(uint8_t vendor_high, uint8_t vendor_low, const Bytes& content) {
  return attribute(attribute_type::vendor_specific, Bytes{0, 0, vendor_high, vendor_low} + content);
}

}  // namespace

std::vector<WorstPacket> worst_packets(Dictionary& dictionary) {
  const Bytes extended_value{1, 0};
  const Bytes empty_sub_attributes = repeated({1, 2}, Attribute::value_max - 4);
  const Bytes tlvs = Bytes{nested_type} + repeated({1, 3, 0}, Attribute::value_max - 1);
  const Bytes full_fragment = attribute(attribute_type::long_extended_1, Bytes{1, more} + Bytes(251, 'x'));
  const Bytes short_fragment = attribute(attribute_type::long_extended_1, {1, more, 'x'});
  const Bytes short_last_fragment = attribute(attribute_type::long_extended_1, {1, 0, 'x'});
  const Bytes fragments = repeated(full_fragment, room);
  const Bytes password = attribute(attribute_type::user_password, Bytes(16, 'x'));
  const Bytes part = attribute(attribute_type::eap_message, {});
  const Bytes passwords = repeated(password, room / 2);
  return {
      {"attributes of 2 octets", packet_full_of(attribute(attribute_type::user_name, {}))},
      {"unknown attributes of 2 octets", packet_full_of(attribute(unknown_type, {}))},
      {"parts of 2 octets of one EAP-Message", packet_full_of(part)},
      {"extended attributes of 4 octets", packet_full_of(attribute(attribute_type::extended_1, extended_value))},
      {"TLVs of 3 octets", packet_full_of(attribute(attribute_type::extended_1, tlvs))},
      {"TLVs nested as deep as can be", packet_full_of(nested_tlvs(dictionary))},
      {"long-extended attributes of 4 octets", packet_full_of(attribute(attribute_type::long_extended_1, {1, more}))},
      {"long-extended attributes of 5 octets", packet_full_of(short_last_fragment)},
      {"one value in as few fragments as can be",
       packet_of(fragments +
                 attribute(attribute_type::long_extended_1, Bytes{1, 0} + Bytes(room - fragments.size() - 4)))},
      {"one value spoiled by fragments of 5 octets",
       packet_of(full_fragment + repeated(short_fragment, room - full_fragment.size()))},
      {"a known vendor's attributes of 2 octets", packet_full_of(vendor_specific(0, 9, empty_sub_attributes))},
      {"an unknown vendor's attributes of 2 octets", packet_full_of(vendor_specific(0xff, 0xff, empty_sub_attributes))},
      {"vendors' attributes of 2 octets, one each", packet_full_of(vendor_specific(0, 9, {1, 2}))},
      {"hidden passwords of one block", packet_full_of(password)},
      {"hidden passwords, then parts of one EAP-Message",
       packet_of(passwords + repeated(part, room - passwords.size()))},
  };
}

}  // namespace radhost::bench
