// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <memory>

#include "dictionary/parser.h"

/// What a fuzz target asserts, in every build.
#define FUZZ_ASSERT(condition) \
  do {                         \
    if (!(condition)) abort(); \
  } while (false)

namespace radhost::fuzz {

/// Every data type, flag and vendor's format.
inline constexpr std::string_view small_dictionary_text = R"(
ATTRIBUTE User-Name 1 string
ATTRIBUTE User-Password 2 string encrypt=1
ATTRIBUTE NAS-IP-Address 4 ipaddr
ATTRIBUTE Service-Type 6 integer
VALUE Service-Type One 1
VALUE Service-Type Two 2
ATTRIBUTE Reply-Message 18 string
ATTRIBUTE Class 25 octets
ATTRIBUTE Event-Timestamp 55 date
ATTRIBUTE Tunnel-Type 64 integer has_tag
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
ATTRIBUTE Signed 203 signed
ATTRIBUTE Ether 204 ether
ATTRIBUTE Combo 205 combo-ip
ATTRIBUTE Binary 206 abinary
ATTRIBUTE Exact 207 octets[4]
ATTRIBUTE Secret 208 octets encrypt=3
ATTRIBUTE Addresses 209 ipaddr array
ATTRIBUTE Extended-1 241 extended
ATTRIBUTE Extended-Text 241.1 string
ATTRIBUTE Extended-Tlv 241.2 tlv
ATTRIBUTE Extended-Tlv-Text 241.2.1 string
ATTRIBUTE Extended-Tlv-Tlv 241.2.3 tlv
ATTRIBUTE Extended-Tlv-Tlv-Number 241.2.3.1 short
ATTRIBUTE Extended-Tlv-Secret 241.2.4 octets encrypt=2
ATTRIBUTE Extended-Evs 241.26 evs
ATTRIBUTE Extended-2 242 extended
ATTRIBUTE Extended-3 243 extended
ATTRIBUTE Extended-4 244 extended
ATTRIBUTE Long-1 245 long-extended
ATTRIBUTE Long-Text 245.1 string
ATTRIBUTE Long-Tlv 245.2 tlv
ATTRIBUTE Long-Octets 245.4 octets
ATTRIBUTE Long-Secret 245.5 octets encrypt=2
ATTRIBUTE Long-Evs 245.26 evs
ATTRIBUTE Long-2 246 long-extended
VENDOR Acme 1
BEGIN-VENDOR Acme parent=Extended-Evs
ATTRIBUTE Evs-Text 4 string
ATTRIBUTE Evs-Tlv 5 tlv
END-VENDOR Acme
BEGIN-VENDOR Acme parent=Long-Evs
ATTRIBUTE Long-Evs-Octets 6 octets
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

/// A dictionary that inputs share, because it takes longer to make than most of them take. Names of unknown attributes
/// stay in it: it is made anew now and then.
inline Dictionary& small_dictionary() {
  constexpr unsigned uses_max = 256;
  static std::unique_ptr<Dictionary> dictionary;
  static unsigned uses = 0;
  if (uses++ % uses_max == 0) {
    dictionary = std::make_unique<Dictionary>();
    FUZZ_ASSERT(parse_dictionary_text(small_dictionary_text, "small", *dictionary).empty());
    dictionary->finish();
  }
  return *dictionary;
}

}  // namespace radhost::fuzz
