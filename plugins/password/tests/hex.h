// SPDX-License-Identifier: Apache-2.0
/// Octets written as the RFCs print them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <stdint.h>

inline std::vector<uint8_t> from_hex(std::string_view text) {
  std::vector<uint8_t> octets;
  unsigned value = 0;
  size_t digits = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    value = value << 4 | static_cast<unsigned>(c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0');
    if (++digits % 2 == 0) octets.push_back(static_cast<uint8_t>(value & 0xFF));
  }
  return octets;
}

template <class Range>
std::vector<uint8_t> octets(const Range& range) {
  return std::vector<uint8_t>(range.begin(), range.end());
}
