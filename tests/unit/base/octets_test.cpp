// SPDX-License-Identifier: Apache-2.0
#include "base/octets.h"

#include "catch.h"

#include <algorithm>

using namespace radhost;

TEST_CASE("octets become two lower-case digits each") {
  const std::vector<uint8_t> octets{0x00, 0x0f, 0xa0, 0xff};
  CHECK(to_hex(octets) == "000fa0ff");
  CHECK(to_hex({}).empty());
}

TEST_CASE("digits of either case, with blanks between octets, become octets") {
  CHECK(from_hex("00fFAb") == std::vector<uint8_t>{0x00, 0xff, 0xab});
  CHECK(from_hex(" 01\t02\r\n03 ") == std::vector<uint8_t>{1, 2, 3});
  CHECK(from_hex("") == std::vector<uint8_t>{});
}

TEST_CASE("half an octet, a blank within one and other letters are no octets") {
  for (const char* bad : {"0", "012", "0 1", "0g", "g0", "0x01", "01:02", "é0"}) {
    INFO(bad);
    CHECK_FALSE(from_hex(bad).has_value());
  }
  using namespace std::string_view_literals;
  CHECK_FALSE(from_hex("01\0"sv).has_value());
}

TEST_CASE("all octets survive the way to digits and back") {
  std::vector<uint8_t> octets;
  for (int i = 0; i < 256; ++i) octets.push_back(static_cast<uint8_t>(i));
  CHECK(from_hex(to_hex(octets)) == octets);
}

TEST_CASE("text and octets are views of the same memory, NUL and all") {
  using namespace std::string_view_literals;
  std::string_view text = "a\0b"sv;
  CHECK(octets_of(text).size() == 3);
  CHECK(text_of(octets_of(text)) == text);
}

TEST_CASE("octets are equal in constant time when every one is") {
  CHECK(equal_in_constant_time(octets_of("secret"), octets_of("secret")));
  CHECK(equal_in_constant_time({}, {}));
}

TEST_CASE("another octet or another length is not equal") {
  CHECK_FALSE(equal_in_constant_time(octets_of("secret"), octets_of("Secret")));
  CHECK_FALSE(equal_in_constant_time(octets_of("secret"), octets_of("secreT")));
  CHECK_FALSE(equal_in_constant_time(octets_of("secret"), octets_of("secre")));
  CHECK_FALSE(equal_in_constant_time(octets_of("secret"), {}));
}

TEST_CASE("copies go to the front and nothing may be copied") {
  std::array<uint8_t, 3> to{9, 9, 9};
  copy_octets(to, octets_of("ab"));
  copy_octets(to, {});
  copy_octets({}, {});
  CHECK(to == std::array<uint8_t, 3>{'a', 'b', 9});
}

TEST_CASE("wiped octets are zero") {
  std::vector<uint8_t> octets{1, 2, 3};
  wipe(octets);
  CHECK(octets == std::vector<uint8_t>{0, 0, 0});
  wipe({});
}

TEST_CASE("random octets fill the whole span and come out different") {
  std::array<uint8_t, 1024> first{}, second{};
  fill_random(first);
  fill_random(second);
  CHECK(first != second);
  CHECK(std::any_of(first.end() - 16, first.end(), [](uint8_t octet) { return octet != 0; }));
}
