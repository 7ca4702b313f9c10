// SPDX-License-Identifier: Apache-2.0
/// A small tree of attributes for tests, with everything that the codec treats in its own way.
#pragma once

#include <deque>

#include "packet/attribute_definition.h"

namespace radhost::test {

class Definitions {
  std::deque<AttributeDefinition> all_;  // first: the others refer into it

 public:
  AttributeDefinition& root = own(nullptr, 0, DataType::Root, "");

  AttributeDefinition& user_name = add(root, 1, DataType::Text, "User-Name");
  AttributeDefinition& user_password = hidden(add(root, 2, DataType::Text, "User-Password"), Hiding::UserPassword);
  AttributeDefinition& nas_ip = add(root, 4, DataType::Ipv4Address, "NAS-IP-Address");
  AttributeDefinition& service_type = add(root, 6, DataType::Uint32, "Service-Type");
  AttributeDefinition& reply_message = add(root, 18, DataType::Text, "Reply-Message");
  AttributeDefinition& session_octets = add(root, 25, DataType::OctetString, "Class");
  AttributeDefinition& event_timestamp = add(root, 55, DataType::Time, "Event-Timestamp");
  AttributeDefinition& tunnel_type = tagged(add(root, 64, DataType::Uint32, "Tunnel-Type"));
  AttributeDefinition& tunnel_password =
      tagged(hidden(add(root, 69, DataType::Text, "Tunnel-Password"), Hiding::TunnelPassword));
  AttributeDefinition& eap_message = concat(add(root, 79, DataType::OctetString, "EAP-Message"));
  AttributeDefinition& tunnel_group = tagged(add(root, 81, DataType::Text, "Tunnel-Private-Group-Id"));
  AttributeDefinition& ipv6_address = add(root, 95, DataType::Ipv6Address, "NAS-IPv6-Address");
  AttributeDefinition& interface_id = add(root, 96, DataType::Ifid, "Framed-Interface-Id");
  AttributeDefinition& ipv6_prefix = add(root, 97, DataType::Ipv6Prefix, "Framed-IPv6-Prefix");
  AttributeDefinition& eight_octets = exact(add(root, 150, DataType::OctetString, "Eight-Octets"), 8);
  AttributeDefinition& ipv4_prefix = add(root, 155, DataType::Ipv4Prefix, "PMIP6-Home-IPv4-HoA");
  AttributeDefinition& addresses = array(add(root, 160, DataType::Ipv4Address, "Addresses"));
  AttributeDefinition& byte = add(root, 170, DataType::Uint8, "Byte");
  AttributeDefinition& short_number = add(root, 171, DataType::Uint16, "Short");
  AttributeDefinition& long_number = add(root, 172, DataType::Uint64, "Long");
  AttributeDefinition& signed_number = add(root, 173, DataType::Int32, "Signed");
  AttributeDefinition& ethernet = add(root, 174, DataType::Ethernet, "Ethernet");
  AttributeDefinition& combo_ip = add(root, 175, DataType::ComboIp, "Combo-Ip");
  AttributeDefinition& binary = add(root, 176, DataType::ABinary, "Binary");
  AttributeDefinition& ascend_secret =
      hidden(add(root, 177, DataType::OctetString, "Ascend-Secret"), Hiding::AscendSecret);
  AttributeDefinition& control = internal(add(root, 1000, DataType::Text, "Cleartext-Password"));

  AttributeDefinition& vsa = add(root, 26, DataType::Vsa, "Vendor-Specific");
  AttributeDefinition& microsoft = add(vsa, 311, DataType::Vendor, "Microsoft");
  AttributeDefinition& ms_send_key =
      hidden(add(microsoft, 16, DataType::OctetString, "MS-MPPE-Send-Key"), Hiding::TunnelPassword);
  AttributeDefinition& ms_receive_key =
      hidden(add(microsoft, 17, DataType::OctetString, "MS-MPPE-Recv-Key"), Hiding::TunnelPassword);
  AttributeDefinition& ms_challenge = add(microsoft, 11, DataType::OctetString, "MS-CHAP-Challenge");
  AttributeDefinition& ms_policy = add(microsoft, 7, DataType::Uint32, "MS-MPPE-Encryption-Policy");
  AttributeDefinition& ms_tlv = add(microsoft, 50, DataType::Tlv, "MS-Tlv");
  AttributeDefinition& ms_tlv_number = add(ms_tlv, 1, DataType::Uint16, "MS-Tlv-Number");
  AttributeDefinition& ms_servers = array(add(microsoft, 51, DataType::Ipv4Address, "MS-Servers"));

  AttributeDefinition& two_one = vendor(429, 2, 1, false, "USR");
  AttributeDefinition& two_one_text = add(two_one, 0x9001, DataType::Text, "USR-Text");
  AttributeDefinition& one_zero = vendor(3309, 1, 0, false, "One-Zero");
  AttributeDefinition& one_zero_octets = add(one_zero, 7, DataType::OctetString, "One-Zero-Octets");
  AttributeDefinition& four_zero = vendor(9000, 4, 0, false, "Four-Zero");
  AttributeDefinition& four_zero_octets = add(four_zero, 0x01020304, DataType::OctetString, "Four-Zero-Octets");
  AttributeDefinition& two_two = vendor(8164, 2, 2, false, "Starent");
  AttributeDefinition& two_two_octets = add(two_two, 300, DataType::OctetString, "Starent-Octets");
  AttributeDefinition& wimax = vendor(24757, 1, 1, true, "WiMAX");
  AttributeDefinition& wimax_octets = add(wimax, 5, DataType::OctetString, "WiMAX-Octets");
  AttributeDefinition& wimax_tlv = holds_hidden(add(wimax, 6, DataType::Tlv, "WiMAX-Tlv"));
  AttributeDefinition& wimax_tlv_number = add(wimax_tlv, 1, DataType::Uint16, "WiMAX-Tlv-Number");
  AttributeDefinition& wimax_tlv_key =
      hidden(add(wimax_tlv, 2, DataType::OctetString, "WiMAX-Tlv-Key"), Hiding::TunnelPassword);
  AttributeDefinition& wimax_tlv_tlv = holds_hidden(add(wimax_tlv, 3, DataType::Tlv, "WiMAX-Tlv-Tlv"));
  AttributeDefinition& wimax_tlv_tlv_key =
      hidden(add(wimax_tlv_tlv, 1, DataType::Text, "WiMAX-Tlv-Tlv-Key"), Hiding::UserPassword);

  AttributeDefinition& extended_1 = add(root, 241, DataType::Extended, "Extended-Attribute-1");
  AttributeDefinition& extended_text = add(extended_1, 1, DataType::Text, "Extended-Text");
  AttributeDefinition& extended_tlv = add(extended_1, 2, DataType::Tlv, "Extended-Tlv");
  AttributeDefinition& tlv_octets_1 = add(extended_tlv, 1, DataType::OctetString, "Tlv-Octets-1");
  AttributeDefinition& tlv_octets_2 = add(extended_tlv, 2, DataType::OctetString, "Tlv-Octets-2");
  AttributeDefinition& tlv_tlv = add(extended_tlv, 3, DataType::Tlv, "Tlv-Tlv");
  AttributeDefinition& tlv_tlv_octets = add(tlv_tlv, 1, DataType::OctetString, "Tlv-Tlv-Octets");
  AttributeDefinition& tlv_tlv_text = add(tlv_tlv, 2, DataType::Text, "Tlv-Tlv-Text");
  AttributeDefinition& evs_1 = add(extended_1, 26, DataType::Evs, "Extended-Vendor-Specific-1");
  AttributeDefinition& evs_vendor = add(evs_1, 1, DataType::Vendor, "Evs-Vendor");
  AttributeDefinition& evs_text = add(evs_vendor, 4, DataType::Text, "Evs-Text");
  AttributeDefinition& evs_tlv = add(evs_vendor, 5, DataType::Tlv, "Evs-Tlv");
  AttributeDefinition& evs_tlv_text = add(evs_tlv, 3, DataType::Text, "Evs-Tlv-Text");

  AttributeDefinition& long_1 = add(root, 245, DataType::LongExtended, "Extended-Attribute-5");
  AttributeDefinition& long_text = add(long_1, 1, DataType::Text, "Long-Text");
  AttributeDefinition& long_tlv = add(long_1, 2, DataType::Tlv, "Long-Tlv");
  AttributeDefinition& long_tlv_octets = add(long_tlv, 1, DataType::OctetString, "Long-Tlv-Octets");
  AttributeDefinition& long_tlv_octets_2 = add(long_tlv, 2, DataType::OctetString, "Long-Tlv-Octets-2");
  AttributeDefinition& long_tlv_tlv = add(long_tlv, 3, DataType::Tlv, "Long-Tlv-Tlv");
  AttributeDefinition& long_tlv_tlv_octets = add(long_tlv_tlv, 1, DataType::OctetString, "Long-Tlv-Tlv-Octets");
  AttributeDefinition& long_tlv_tlv_text = add(long_tlv_tlv, 2, DataType::Text, "Long-Tlv-Tlv-Text");
  AttributeDefinition& long_octets = add(long_1, 4, DataType::OctetString, "Long-Octets");
  AttributeDefinition& long_secret =
      hidden(add(long_1, 5, DataType::OctetString, "Long-Secret"), Hiding::TunnelPassword);
  AttributeDefinition& long_evs = add(long_1, 26, DataType::Evs, "Extended-Vendor-Specific-5");
  AttributeDefinition& long_evs_vendor = add(long_evs, 1, DataType::Vendor, "Long-Evs-Vendor");
  AttributeDefinition& long_evs_text = add(long_evs_vendor, 4, DataType::Text, "Long-Evs-Text");
  AttributeDefinition& long_evs_tlv = add(long_evs_vendor, 5, DataType::Tlv, "Long-Evs-Tlv");
  AttributeDefinition& long_evs_tlv_text = add(long_evs_tlv, 3, DataType::Text, "Long-Evs-Tlv-Text");
  AttributeDefinition& long_evs_octets = add(long_evs_vendor, 6, DataType::OctetString, "Long-Evs-Octets");

  AttributeDefinition& add(AttributeDefinition& parent, uint32_t number, DataType type, std::string_view name) {
    AttributeDefinition& made = own(&parent, number, type, name);
    made.vendor = type == DataType::Vendor ? number : parent.vendor;
    parent.add_child(&made);
    return made;
  }

  /// TLVs within one another in a TLV, numbered from 1 on; the innermost holds octets and is what is returned.
  AttributeDefinition& add_nested(AttributeDefinition& tlv, uint32_t depth) {
    AttributeDefinition* parent = &tlv;
    for (uint32_t number = 1; number < depth; ++number) parent = &add(*parent, number, DataType::Tlv, "Nested");
    return add(*parent, depth, DataType::OctetString, "Innermost");
  }

  /// All attributes that hold values or TLVs, in the order above.
  template <class Visitor>
  void each(Visitor visit) const {
    for (const AttributeDefinition& definition : all_)
      if (!is_container(definition.type)) visit(definition);
  }

 private:
  AttributeDefinition& own(const AttributeDefinition* parent, uint32_t number, DataType type, std::string_view name) {
    AttributeDefinition& made = all_.emplace_back();
    made.id = static_cast<uint32_t>(all_.size());
    made.parent = parent;
    made.number = number;
    made.type = type;
    made.name = name;
    return made;
  }
  AttributeDefinition& vendor(uint32_t number, uint8_t type_octets, uint8_t length_octets, bool continuation,
                              std::string_view name) {
    AttributeDefinition& made = add(vsa, number, DataType::Vendor, name);
    made.format = {type_octets, length_octets, continuation};
    return made;
  }
  static AttributeDefinition& tagged(AttributeDefinition& definition) {
    definition.tagged = true;
    return definition;
  }
  static AttributeDefinition& concat(AttributeDefinition& definition) {
    definition.concat = true;
    return definition;
  }
  static AttributeDefinition& array(AttributeDefinition& definition) {
    definition.array = true;
    return definition;
  }
  static AttributeDefinition& holds_hidden(AttributeDefinition& definition) {
    definition.holds_hidden = true;
    return definition;
  }
  static AttributeDefinition& internal(AttributeDefinition& definition) {
    definition.internal = true;
    return definition;
  }
  static AttributeDefinition& hidden(AttributeDefinition& definition, Hiding hiding) {
    definition.hiding = hiding;
    return definition;
  }
  static AttributeDefinition& exact(AttributeDefinition& definition, uint16_t size) {
    definition.exact_size = size;
    return definition;
  }
};

}  // namespace radhost::test
