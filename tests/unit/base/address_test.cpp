// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"

#include <arpa/inet.h>

#include <cstring>

#include "catch.h"

using namespace radhost;

namespace {

IpAddress address(std::string_view text) {
  auto parsed = IpAddress::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

Prefix prefix(std::string_view text) {
  auto parsed = Prefix::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::string through_the_system(const char* text, IpAddress::Family family) {
  auto parsed = SocketAddress::parse(text);
  REQUIRE(parsed.has_value());
  sockaddr_storage storage{};
  socklen_t size = parsed->to_system(storage, family);
  CHECK(size == (family == IpAddress::Family::V4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6)));
  CHECK(storage.ss_family == (family == IpAddress::Family::V4 ? AF_INET : AF_INET6));
  return SocketAddress::from(storage).to_text();
}

}  // namespace

TEST_CASE("addresses go from text to octets and back") {
  for (const char* text :
       {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1", "2001:db8:1:2:3:4:5:6"}) {
    INFO(text);
    CHECK(address(text).to_text() == text);
  }
  CHECK(address("2001:DB8:0:0:0:0:0:1").to_text() == "2001:db8::1");
  CHECK(address("192.0.2.1").bits() == 32);
  CHECK(address("::1").bits() == 128);
  CHECK(address("192.0.2.1").octets[3] == 1);
  CHECK(address("2001:db8::1").octets[15] == 1);
}

TEST_CASE("what is no address does not become one") {
  for (const char* text : {"", " ", "192.0.2", "192.0.2.256", "192.0.2.1.1", "192.0.2.01.5", " 192.0.2.1", "192.0.2.1 ",
                           "0x7f.0.0.1", "1", ":", ":::", "2001:db8::1::2", "2001:db8:1:2:3:4:5:6:7", "[::1]", "::g",
                           "192.0.2.1/24", "fe80::1%lo", "localhost"}) {
    INFO(text);
    CHECK_FALSE(IpAddress::parse(text).has_value());
  }
}

TEST_CASE("only an address of zeros is a wildcard") {
  CHECK(address("0.0.0.0").is_wildcard());
  CHECK(address("::").is_wildcard());
  CHECK_FALSE(address("0.0.0.1").is_wildcard());
  CHECK_FALSE(address("::1").is_wildcard());
}

TEST_CASE("families differ even where octets agree") {
  CHECK(address("0.0.0.0") != address("::"));
  CHECK(address("192.0.2.1") < address("192.0.2.2"));
}

TEST_CASE("masks keep the first bits and clear the rest") {
  IpAddress all = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  CHECK(masked(all, 0).to_text() == "::");
  CHECK(masked(all, 1).to_text() == "8000::");
  CHECK(masked(all, 63).to_text() == "ffff:ffff:ffff:fffe::");
  CHECK(masked(all, 64).to_text() == "ffff:ffff:ffff:ffff::");
  CHECK(masked(all, 127).to_text() == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
  CHECK(masked(all, 128) == all);
  CHECK(masked(address("255.255.255.255"), 23).to_text() == "255.255.254.0");
}

TEST_CASE("prefixes are written with a length, or are a whole address") {
  CHECK(prefix("192.0.2.0/24").to_text() == "192.0.2.0/24");
  CHECK(prefix("192.0.2.77/24").to_text() == "192.0.2.0/24");
  CHECK(prefix("192.0.2.77").to_text() == "192.0.2.77/32");
  CHECK(prefix("2001:db8::1").to_text() == "2001:db8::1/128");
  CHECK(prefix("2001:db8:ffff::/33").to_text() == "2001:db8:8000::/33");
  CHECK(prefix("0.0.0.0/0").to_text() == "0.0.0.0/0");
  CHECK(prefix("::/0").to_text() == "::/0");
}

TEST_CASE("a length that the family does not have makes no prefix") {
  for (const char* text :
       {"192.0.2.0/33", "2001:db8::/129", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/+8", "/24", "192.0.2.0/24/24",
        "192.0.2.0/ 24", "192.0.2.0/24 ", "192.0.2.0/x", "192.0.2/24", "", "192.0.2.0/4294967320"}) {
    INFO(text);
    CHECK_FALSE(Prefix::parse(text).has_value());
  }
}

TEST_CASE("a prefix contains what agrees in its bits, of its own family") {
  CHECK(prefix("192.0.2.0/25").contains(address("192.0.2.127")));
  CHECK_FALSE(prefix("192.0.2.0/25").contains(address("192.0.2.128")));
  CHECK(prefix("0.0.0.0/0").contains(address("255.255.255.255")));
  CHECK_FALSE(prefix("0.0.0.0/0").contains(address("::1")));
  CHECK(prefix("2001:db8::/32").contains(address("2001:db8:ffff::1")));
  CHECK_FALSE(prefix("2001:db8::/32").contains(address("2001:db9::")));
  CHECK_FALSE(prefix("::/0").contains(address("192.0.2.1")));
  CHECK(prefix("192.0.2.1").contains(address("192.0.2.1")));
  CHECK_FALSE(prefix("192.0.2.1").contains(address("192.0.2.0")));
}

TEST_CASE("socket addresses go from text and back, IPv6 in brackets") {
  for (const char* text : {"192.0.2.1:1812", "0.0.0.0:0", "[::]:1812", "[2001:db8::1]:65535"}) {
    INFO(text);
    auto parsed = SocketAddress::parse(text);
    REQUIRE(parsed.has_value());
    CHECK(parsed->to_text() == text);
  }
}

TEST_CASE("a socket address without port or with wrong brackets is none") {
  for (const char* text : {"", ":", ":1812", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1",
                           "192.0.2.1: 1812", "192.0.2.1:1812 ", "[192.0.2.1]:1812", "::1:1812", "[::1]", "[::1]1812",
                           "[]:1812", "[::1:1812", "::1]:1812", "*:1812", "localhost:1812"}) {
    INFO(text);
    CHECK_FALSE(SocketAddress::parse(text).has_value());
  }
}

TEST_CASE("addresses survive the system's form, in a socket of either family") {
  CHECK(through_the_system("192.0.2.1:1812", IpAddress::Family::V4) == "192.0.2.1:1812");
  CHECK(through_the_system("[2001:db8::1]:1812", IpAddress::Family::V6) == "[2001:db8::1]:1812");
}

TEST_CASE("IPv4 in a dual-stack socket is mapped on the way out and IPv4 again on the way in") {
  CHECK(through_the_system("192.0.2.1:1812", IpAddress::Family::V6) == "192.0.2.1:1812");
  sockaddr_storage storage{};
  SocketAddress::parse("192.0.2.1:1812")->to_system(storage, IpAddress::Family::V6);
  char text[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6&>(storage).sin6_addr, text, sizeof text);
  CHECK(std::string(text) == "::ffff:192.0.2.1");
}

TEST_CASE("a scope survives, and tells link-local addresses apart") {
  SocketAddress first{address("fe80::1"), 1812, 2};
  sockaddr_storage storage{};
  first.to_system(storage, IpAddress::Family::V6);
  CHECK(SocketAddress::from(storage) == first);
  SocketAddress second{address("fe80::1"), 1812, 3};
  CHECK(first != second);
}

TEST_CASE("IPv4-compatible addresses, which are not mapped, stay IPv6") {
  sockaddr_storage storage{};
  SocketAddress{address("::192.0.2.1"), 1}.to_system(storage, IpAddress::Family::V6);
  CHECK(SocketAddress::from(storage).address.family == IpAddress::Family::V6);
}

TEST_CASE("what follows a NUL is part of the text") {
  using namespace std::string_view_literals;
  CHECK_FALSE(IpAddress::parse("192.0.2.1\0x"sv).has_value());
  CHECK_FALSE(IpAddress::parse("::1\0"sv).has_value());
  CHECK_FALSE(Prefix::parse("192.0.2.0\0x/24"sv).has_value());
}
