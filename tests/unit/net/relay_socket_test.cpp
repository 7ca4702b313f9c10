// SPDX-License-Identifier: Apache-2.0
#include "net/relay_socket.h"

#include <sys/socket.h>

#include "catch.h"

using namespace radhost;

namespace {

Datagram datagram_of(std::vector<uint8_t>& octets) {
  Datagram datagram;
  datagram.octets = octets;
  datagram.peer = *SocketAddress::parse("[2001:db8::1]:50000");
  datagram.peer.scope_id = 7;
  datagram.local = *IpAddress::parse("192.0.2.1");
  datagram.local_port = 1812;
  datagram.interface = 3;
  return datagram;
}

struct Fixture {
  std::pair<RelaySocket, RelaySocket> ends = std::move(*RelaySocket::open_pair());
  SocketAddress bound = *SocketAddress::parse("0.0.0.0:1812");
  std::array<uint8_t, RelaySocket::room_size> room{};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a datagram comes out at the other end as it came, and where it came to") {
  std::vector<uint8_t> octets(4096, 0x5a), other{1, 2, 3};
  REQUIRE(ends.first.send(bound, datagram_of(octets)));
  REQUIRE(ends.first.send(bound, datagram_of(other)));
  auto relayed = ends.second.receive(room);
  REQUIRE(relayed);
  CHECK(relayed->bound == bound);
  CHECK(std::vector(relayed->datagram.octets.begin(), relayed->datagram.octets.end()) == octets);
  CHECK(relayed->datagram.peer == datagram_of(octets).peer);
  CHECK(relayed->datagram.local == datagram_of(octets).local);
  CHECK((relayed->datagram.local_port == 1812 && relayed->datagram.interface == 3));
  relayed = ends.second.receive(room);
  REQUIRE(relayed);
  CHECK(std::vector(relayed->datagram.octets.begin(), relayed->datagram.octets.end()) == other);
  CHECK_FALSE(ends.second.receive(room));
  CHECK_FALSE(ends.second.is_over());
}

TEST_CASE_METHOD(Fixture, "one that is longer than a packet is not sent") {
  std::vector<uint8_t> octets(RelaySocket::room_size, 1);
  CHECK_FALSE(ends.first.send(bound, datagram_of(octets)));
  CHECK_FALSE(ends.second.receive(room));
}

TEST_CASE_METHOD(Fixture, "what makes no sense is passed over") {
  std::vector<uint8_t> octets{1};
  REQUIRE(send(ends.first.fd(), "short", 5, 0) == 5);
  REQUIRE(ends.first.send(bound, datagram_of(octets)));
  auto relayed = ends.second.receive(room);
  REQUIRE(relayed);
  CHECK(relayed->datagram.octets.size() == 1);
}

TEST_CASE_METHOD(Fixture, "whoever finds no room, or nobody, is told so and does not wait") {
  std::vector<uint8_t> octets(4096, 1);
  size_t sent = 0;
  while (sent < 100000 && ends.first.send(bound, datagram_of(octets))) ++sent;
  CHECK(sent > 10);
  CHECK(sent < 100000);
  { RelaySocket closed = std::move(ends.second); }
  CHECK_FALSE(ends.first.send(bound, datagram_of(octets)));
  CHECK_FALSE(ends.first.receive(room));
  CHECK(ends.first.is_over());
}
