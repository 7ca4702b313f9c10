// SPDX-License-Identifier: Apache-2.0
#include "../utf16.h"

#include "catch.h"
#include "hex.h"

#include <array>
#include <string>

namespace {

std::optional<std::vector<uint8_t>> encode(std::string_view text) {
  std::array<uint8_t, 64> out{};
  const auto length = mschap::encode_utf16le(text, out);
  if (!length) return std::nullopt;
  return std::vector<uint8_t>(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*length));
}

}  // namespace

TEST_CASE("characters of one to four octets become one or two units") {
  CHECK(encode("aZ") == from_hex("61005a00"));
  CHECK(encode("\xc3\xa9") == from_hex("e900"));
  CHECK(encode("\xe2\x82\xac") == from_hex("ac20"));
  CHECK(encode("\xf0\x9f\x98\x80") == from_hex("3dd800de"));
  CHECK(encode("\xf4\x8f\xbf\xbf") == from_hex("ffdbffdf"));
  CHECK(encode(std::string_view("\0", 1)) == from_hex("0000"));
  CHECK(encode("") == std::vector<uint8_t>{});
}

TEST_CASE("what is not UTF-8 is refused") {
  for (const std::string_view text : {"\x80",              // a continuation alone
                                      "\xc3",              // cut short
                                      "\xc3(",             // no continuation
                                      "\xc0\x80",          // overlong, two octets
                                      "\xe0\x9f\xbf",      // overlong, three
                                      "\xf0\x8f\xbf\xbf",  // overlong, four
                                      "\xed\xa0\x80",      // a surrogate
                                      "\xf4\x90\x80\x80",  // beyond U+10FFFF
                                      "\xf8\x88\x80\x80\x80", "\xff"})
    CHECK_FALSE(encode(text));
}

TEST_CASE("what does not fit is refused") {
  std::array<uint8_t, 3> three{};
  CHECK(mschap::encode_utf16le("a", three) == 2U);
  CHECK_FALSE(mschap::encode_utf16le("ab", three));
  CHECK_FALSE(mschap::encode_utf16le("\xf0\x9f\x98\x80", three));
}
