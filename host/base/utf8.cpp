// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace radhost {
namespace {

/// How many octets continue a character that begins with this one; none other may begin one.
int continuations(uint8_t lead) {
  if (lead < 0x80) return 0;
  if (lead >= 0xc2 && lead <= 0xdf) return 1;
  if (lead >= 0xe0 && lead <= 0xef) return 2;
  if (lead >= 0xf0 && lead <= 0xf4) return 3;
  return -1;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<uint8_t>(text[i++]);
    int more = continuations(lead);
    if (more < 0) return false;
    for (int n = 0; n < more; ++n, ++i) {
      if (i == text.size()) return false;
      auto next = static_cast<uint8_t>(text[i]);
      // RFC 3629 §4: no overlong forms, no surrogates, nothing beyond U+10FFFF.
      uint8_t least = n == 0 && lead == 0xe0 ? 0xa0 : n == 0 && lead == 0xf0 ? 0x90 : 0x80;
      uint8_t most = n == 0 && lead == 0xed ? 0x9f : n == 0 && lead == 0xf4 ? 0x8f : 0xbf;
      if (next < least || next > most) return false;
    }
  }
  return true;
}

bool is_plain_text(std::string_view text) {
  bool has_controls =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
  return !has_controls && is_utf8(text);
}

}  // namespace radhost
