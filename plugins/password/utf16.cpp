// SPDX-License-Identifier: Apache-2.0
#include "utf16.h"

namespace mschap {
namespace {

struct CodePoint {
  uint32_t value;
  size_t octets;  // it took; 0: not UTF-8
};

constexpr CodePoint not_utf8{0, 0};

// RFC 3629 §3:
//   0xxxxxxx                              U+0000  to U+007F
//   110xxxxx 10xxxxxx                     U+0080  to U+07FF
//   1110xxxx 10xxxxxx 10xxxxxx            U+0800  to U+FFFF, without the surrogates
//   11110xxx 10xxxxxx 10xxxxxx 10xxxxxx   U+10000 to U+10FFFF
CodePoint decode_utf8(std::string_view text) {
  const auto octet = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  const uint32_t lead = octet(0);
  if (lead < 0x80) return {lead, 1};

  const size_t octets = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < octets) return not_utf8;
  uint32_t value = lead & (0x7FU >> octets);
  for (size_t i = 1; i < octets; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return not_utf8;
    value = value << 6 | (octet(i) & 0x3F);
  }
  const bool overlong = (octets == 3 && value < 0x800) || (octets == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return not_utf8;
  return {value, octets};
}

}  // namespace

std::optional<size_t> encode_utf16le(std::string_view text, std::span<uint8_t> out) {
  size_t written = 0;
  const auto put = [&](uint32_t unit) {
    if (out.size() - written < 2) return false;
    out[written++] = static_cast<uint8_t>(unit & 0xFF);
    out[written++] = static_cast<uint8_t>(unit >> 8);
    return true;
  };
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (point.octets == 0) return std::nullopt;
    text.remove_prefix(point.octets);
    if (point.value < 0x10000) {
      if (!put(point.value)) return std::nullopt;
      continue;
    }
    // RFC 2781 §2.1: what lies above 16 bits becomes a pair of surrogates.
    const uint32_t rest = point.value - 0x10000;
    if (!put(0xD800 | rest >> 10) || !put(0xDC00 | (rest & 0x3FF))) return std::nullopt;
  }
  return written;
}

}  // namespace mschap
