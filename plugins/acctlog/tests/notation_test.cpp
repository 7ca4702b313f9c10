// SPDX-License-Identifier: Apache-2.0
#include "../notation.h"

#include "catch.h"

#include <array>

namespace {

std::string shown(uint64_t time_us) {
  std::string line;
  acctlog::append_time(line, time_us);
  return line;
}

template <size_t N>
std::string address(const std::array<uint8_t, N>& octets, uint32_t scope_id, uint16_t port) {
  std::string line;
  acctlog::append_address(line, octets, scope_id, port);
  return line;
}

}  // namespace

TEST_CASE("times are RFC 3339 in UTC, to the microsecond") {
  CHECK(shown(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(shown(1700000000'000001) == "2023-11-14T22:13:20.000001Z");
  CHECK(shown(1709164799'999999) == "2024-02-28T23:59:59.999999Z");
  CHECK(shown(1709164800'000000) == "2024-02-29T00:00:00.000000Z");
  CHECK(shown(4294967296'000000) == "2106-02-07T06:28:16.000000Z");
}

TEST_CASE("addresses carry the port, and IPv6 ones brackets") {
  CHECK(address(std::array<uint8_t, 4>{192, 0, 2, 1}, 0, 1812) == "192.0.2.1:1812");
  std::array<uint8_t, 16> v6{0x20, 0x01, 0x0d, 0xb8};
  v6[15] = 1;
  CHECK(address(v6, 0, 1) == "[2001:db8::1]:1");
  std::array<uint8_t, 16> link_local{0xfe, 0x80};
  link_local[15] = 1;
  CHECK(address(link_local, 2, 65535) == "[fe80::1%2]:65535");
}

TEST_CASE("octets are lower-case digits") {
  const std::array<uint8_t, 3> octets{0x00, 0xab, 0x1f};
  std::string line;
  acctlog::append_octets(line, octets);
  acctlog::append_octets(line, {});
  CHECK(line == "0x00ab1f0x");
}
