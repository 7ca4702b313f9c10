// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace radhost::test {

/// A dictionary with every data type, flag and vendor's format.
inline constexpr std::string_view small_dictionary_text = R"(
ATTRIBUTE User-Name 1 string
ATTRIBUTE User-Password 2 string encrypt=1
ATTRIBUTE NAS-IP-Address 4 ipaddr
ATTRIBUTE Service-Type 6 integer
VALUE Service-Type Login-User 1
VALUE Service-Type Framed-User 2
ATTRIBUTE Reply-Message 18 string
ATTRIBUTE Class 25 octets
ATTRIBUTE Event-Timestamp 55 date
ATTRIBUTE Tunnel-Type 64 integer has_tag
VALUE Tunnel-Type VLAN 13
ATTRIBUTE Tunnel-Password 69 string has_tag,encrypt=2
ATTRIBUTE EAP-Message 79 octets concat
ATTRIBUTE Tunnel-Private-Group-Id 81 string has_tag
ATTRIBUTE NAS-IPv6-Address 95 ipv6addr
ATTRIBUTE Framed-Interface-Id 96 ifid
ATTRIBUTE Framed-IPv6-Prefix 97 ipv6prefix
ATTRIBUTE PMIP6-Home-IPv4-HoA 155 ipv4prefix
ATTRIBUTE Byte 200 byte
ATTRIBUTE Short 201 short
ATTRIBUTE Long 202 integer64
VALUE Long Most 18446744073709551615
ATTRIBUTE Signed 203 signed
ATTRIBUTE Ether 204 ether
ATTRIBUTE Combo 205 combo-ip
ATTRIBUTE Binary 206 abinary
ATTRIBUTE Exact 207 octets[4]
ATTRIBUTE Secret 208 octets encrypt=3
ATTRIBUTE Addresses 209 ipaddr array
ATTRIBUTE Ext 241 extended
ATTRIBUTE Ext-Text 241.1 string
ATTRIBUTE Ext-Tlv 241.2 tlv
ATTRIBUTE Ext-Part 241.2.1 short
ATTRIBUTE Ext-Other 241.2.2 string
ATTRIBUTE Ext-Inner 241.2.3 tlv
ATTRIBUTE Ext-Inner-Part 241.2.3.1 byte
ATTRIBUTE Ext-Secret 241.2.4 octets encrypt=2
ATTRIBUTE Ext-Evs 241.26 evs
ATTRIBUTE Ext-2 242 extended
ATTRIBUTE Ext-3 243 extended
ATTRIBUTE Ext-4 244 extended
ATTRIBUTE LongExt 245 long-extended
ATTRIBUTE LongExt-Text 245.1 string
ATTRIBUTE LongExt-Tlv 245.2 tlv
ATTRIBUTE LongExt-Octets 245.4 octets
ATTRIBUTE LongExt-Secret 245.5 octets encrypt=2
ATTRIBUTE LongExt-Evs 245.26 evs
ATTRIBUTE LongExt-2 246 long-extended
VENDOR Example 1
BEGIN-VENDOR Example parent=Ext-Evs
ATTRIBUTE Evs-Text 4 string
ATTRIBUTE Evs-Tlv 5 tlv
END-VENDOR Example
BEGIN-VENDOR Example parent=LongExt-Evs
ATTRIBUTE LongExt-Evs-Octets 6 octets
END-VENDOR Example
VENDOR Acme 9999
BEGIN-VENDOR Acme
ATTRIBUTE Acme-Text 1 string
ATTRIBUTE Acme-Number 2 integer
END-VENDOR Acme
VENDOR Microsoft 311
BEGIN-VENDOR Microsoft
ATTRIBUTE MS-Number 7 integer
ATTRIBUTE MS-Octets 11 octets
ATTRIBUTE MS-Send-Key 16 octets encrypt=2
ATTRIBUTE MS-Receive-Key 17 octets encrypt=2
ATTRIBUTE MS-Tlv 50 tlv
ATTRIBUTE MS-Tlv-Number 50.1 byte
ATTRIBUTE MS-Tlv-Addresses 50.2 ipaddr array
ATTRIBUTE MS-Numbers 51 short array
END-VENDOR Microsoft
VENDOR Two-One 429 format=2,1
BEGIN-VENDOR Two-One
ATTRIBUTE Two-One-Text 0x9001 string
END-VENDOR Two-One
VENDOR One-Zero 3309 format=1,0
BEGIN-VENDOR One-Zero
ATTRIBUTE One-Zero-Octets 7 octets
END-VENDOR One-Zero
VENDOR Four-Zero 9000 format=4,0
BEGIN-VENDOR Four-Zero
ATTRIBUTE Four-Zero-Octets 0x01020304 octets
END-VENDOR Four-Zero
VENDOR Two-Two 8164 format=2,2
BEGIN-VENDOR Two-Two
ATTRIBUTE Two-Two-Octets 300 octets
END-VENDOR Two-Two
VENDOR WiMAX 24757 format=1,1,c
BEGIN-VENDOR WiMAX
ATTRIBUTE WiMAX-Octets 5 octets
ATTRIBUTE WiMAX-Tlv 6 tlv
ATTRIBUTE WiMAX-Tlv-Text 6.1 string
ATTRIBUTE WiMAX-Tlv-Secret 6.2 string encrypt=1
ATTRIBUTE WiMAX-Tlv-Tlv 6.3 tlv
ATTRIBUTE WiMAX-Tlv-Tlv-Secret 6.3.1 octets encrypt=3
END-VENDOR WiMAX
)";

}  // namespace radhost::test
