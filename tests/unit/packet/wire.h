// SPDX-License-Identifier: Apache-2.0
/// Attributes put together by hand, as they lie in a packet.
#pragma once

#include "support/hex.h"

namespace radhost::test {

inline std::vector<uint8_t> attribute(uint8_t type, const std::vector<uint8_t>& value) {
  return joined({{type, static_cast<uint8_t>(value.size() + 2)}, value});
}

/// A part of a long-extended value (RFC 6929 §2.2).
inline std::vector<uint8_t> fragment(uint8_t type, uint8_t extended_type, bool more, const std::vector<uint8_t>& data) {
  return attribute(type, joined({{extended_type, more ? uint8_t{0x80} : uint8_t{0}}, data}));
}

/// Vendor-Specific of WiMAX, all in hexadecimal: its sub-attributes have a continuation octet.
inline std::string wimax(std::string_view sub_attributes) {
  return to_hex(attribute(26, joined({unhex("000060b5"), unhex(sub_attributes)})));
}

}  // namespace radhost::test
