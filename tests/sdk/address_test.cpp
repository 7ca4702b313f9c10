// SPDX-License-Identifier: Apache-2.0
#include <radius/cpp/address.hpp>

#include <arpa/inet.h>

#include <cstring>
#include <limits>
#include <utility>

#include "catch.h"

namespace {

radius::Ipv6 ipv6(const char* text) {
  radius::Ipv6 address;
  REQUIRE(inet_pton(AF_INET6, text, address.octets.data()) == 1);
  return address;
}

}  // namespace

TEST_CASE("an IPv6 address is written as RFC 5952 says") {
  // §4.1 leading zeros, §4.2.1 as short as can be, §4.2.2 no single group, §4.2.3 the first of the longest, §4.3 case
  for (const char* text :
       {"::", "::1", "1::", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "2001:db8::1:0:0:1", "2001:0:0:1::1",
        "a:b:c:d:e:f:1:2", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:0", "fe80::", "0:1::2"})
    CHECK(to_string(ipv6(text)) == (std::strcmp(text, "::2:3:4:5:6:7:8") == 0 ? "0:2:3:4:5:6:7:8" : text));
}

TEST_CASE("other values are written as operators write them") {
  CHECK(to_string(radius::Ipv4{{192, 0, 2, 255}}) == "192.0.2.255");
  CHECK(to_string(radius::Prefix{{192, 0, 2, 0}, 24, false}) == "192.0.2.0/24");
  CHECK(to_string(radius::Prefix{ipv6("2001:db8::").octets, 32, true}) == "2001:db8::/32");
  CHECK(to_string(radius::InterfaceId{{0, 0, 0, 0xa, 0x12, 0x34, 0xff, 0xff}}) == "0:a:1234:ffff");
  CHECK(to_string(radius::Ethernet{{0, 1, 0x23, 0xab, 0xff, 0x10}}) == "00:01:23:ab:ff:10");
}

TEST_CASE("a time is written in UTC, on every kind of day") {
  const std::pair<uint32_t, const char*> times[] = {
      {0, "1970-01-01T00:00:00Z"},          {951782399, "2000-02-28T23:59:59Z"},  {951782400, "2000-02-29T00:00:00Z"},
      {951868800, "2000-03-01T00:00:00Z"},  {1764244400, "2025-11-27T11:53:20Z"}, {1767225599, "2025-12-31T23:59:59Z"},
      {4107542400, "2100-03-01T00:00:00Z"}, {4294967295, "2106-02-07T06:28:15Z"}};
  for (auto [seconds, text] : times) CHECK(to_string(radius::Time{seconds}) == text);
}

TEST_CASE("numbers are written whole") {
  using radius::detail::decimal;
  for (int64_t number : {int64_t{0}, int64_t{7}, int64_t{-7}, int64_t{1000}, std::numeric_limits<int64_t>::max(),
                         std::numeric_limits<int64_t>::min()})
    CHECK(decimal(number) == std::to_string(number));
}

TEST_CASE("values are equal when their octets are") {
  CHECK(radius::Ipv4{{1, 2, 3, 4}} == radius::Ipv4{{1, 2, 3, 4}});
  CHECK(radius::Ipv4{{1, 2, 3, 4}} != radius::Ipv4{{1, 2, 3, 5}});
  CHECK(radius::Prefix{{1, 2}, 16, false} != radius::Prefix{{1, 2}, 15, false});
  CHECK(radius::Prefix{{1, 2}, 16, false} != radius::Prefix{{1, 2}, 16, true});
  CHECK(radius::Time{1} != radius::Time{2});
}
