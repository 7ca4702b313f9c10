// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <initializer_list>

#include "catch.h"

using namespace radhost;

namespace {

UdpSocket bound_to(std::string_view address) {
  auto group = UdpSocket::bind_group(*SocketAddress::parse(address), {});
  REQUIRE(group.ok());
  return std::move(group->sockets[0]);
}

SocketAddress address_of(const UdpSocket& socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  REQUIRE(getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&storage), &size) == 0);
  return SocketAddress::from(storage);
}

/// Datagrams to send: each is full of one letter.
class Batch {
 public:
  explicit Batch(std::string_view from = "127.0.0.1") : from_(*IpAddress::parse(from)) {}

  Batch& add(const UdpSocket& to, size_t size) {
    contents_.emplace_back(size, static_cast<uint8_t>('a' + contents_.size()));
    peers_.push_back(address_of(to));
    return *this;
  }

  UdpSocket::Sent send(UdpSocket& socket) {
    std::vector<Datagram> datagrams;
    for (size_t i = 0; i < contents_.size(); ++i) {
      datagrams.emplace_back();
      datagrams.back().octets = contents_[i];
      datagrams.back().peer = peers_[i];
      datagrams.back().local = from_;
    }
    return socket.send(datagrams);
  }

 private:
  IpAddress from_;
  std::vector<std::vector<uint8_t>> contents_;
  std::vector<SocketAddress> peers_;
};

/// What came, as letters and their counts.
std::vector<std::string> received(UdpSocket& socket, size_t count) {
  std::vector<std::string> texts;
  std::vector<std::array<uint8_t, 4096>> rooms(UdpInbox::rooms_max);
  UdpInbox inbox;
  for (size_t place = 0; place < rooms.size(); ++place) inbox.put(place, rooms[place]);
  while (texts.size() < count) {
    pollfd ready{socket.fd(), POLLIN, 0};
    if (poll(&ready, 1, 2000) != 1) break;
    std::vector<Datagram> datagrams(rooms.size());
    datagrams.resize(socket.receive(inbox, datagrams).count);
    for (const Datagram& datagram : datagrams) {
      bool is_whole = std::ranges::count(datagram.octets, datagram.octets[0]) == std::ssize(datagram.octets);
      texts.push_back(is_whole ? std::to_string(datagram.octets.size()) + static_cast<char>(datagram.octets[0])
                               : "mixed");
    }
  }
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("datagrams of one size to one peer arrive one by one") {
  UdpSocket server = bound_to("127.0.0.1:0"), peer = bound_to("127.0.0.1:0");
  Batch batch;
  for (int i = 0; i < 5; ++i) batch.add(peer, 40);
  CHECK(batch.send(server).count == 5);
  CHECK(received(peer, 5) == Texts{"40a", "40b", "40c", "40d", "40e"});
}

TEST_CASE("datagrams of many sizes keep their sizes and their order") {
  UdpSocket server = bound_to("127.0.0.1:0"), peer = bound_to("127.0.0.1:0");
  Batch batch;
  for (size_t size : std::initializer_list<size_t>{20, 20, 38, 38, 37, 38, 20, 4096, 4096, 1200, 1200, 1199, 1})
    batch.add(peer, size);
  CHECK(batch.send(server).count == 13);
  CHECK(received(peer, 13) ==
        Texts{"20a", "20b", "38c", "38d", "37e", "38f", "20g", "4096h", "4096i", "1200j", "1200k", "1199l", "1m"});
}

TEST_CASE("each peer gets its own datagrams, in order") {
  UdpSocket server = bound_to("127.0.0.1:0"), one = bound_to("127.0.0.1:0"), other = bound_to("127.0.0.1:0");
  Batch batch;
  batch.add(one, 40).add(one, 40).add(other, 40).add(one, 40).add(other, 40).add(other, 40);
  CHECK(batch.send(server).count == 6);
  CHECK(received(one, 3) == Texts{"40a", "40b", "40d"});
  CHECK(received(other, 3) == Texts{"40c", "40e", "40f"});
}

TEST_CASE("a wildcard socket sends each batch from the address it is told") {
  UdpSocket server = bound_to("0.0.0.0:0"), peer = bound_to("127.0.0.1:0");
  Batch batch("127.0.0.7");
  batch.add(peer, 40).add(peer, 40);
  CHECK(batch.send(server).count == 2);
  std::array<uint8_t, 64> room;
  UdpInbox inbox;
  inbox.put(0, room);
  for (int i = 0; i < 2; ++i) {
    Datagram datagram;
    REQUIRE(peer.receive(inbox, {&datagram, 1}).count == 1);
    CHECK(datagram.peer.address.to_text() == "127.0.0.7");
  }
}

TEST_CASE("a room that no datagram came to waits for the next one") {
  UdpSocket server = bound_to("127.0.0.1:0"), peer = bound_to("127.0.0.1:0");
  std::array<std::array<uint8_t, 64>, 3> rooms;
  UdpInbox inbox;
  for (size_t place = 0; place < 2; ++place) inbox.put(place, rooms[place]);
  std::array<Datagram, 2> datagrams;
  CHECK(Batch().add(peer, 10).send(server).count == 1);
  REQUIRE(peer.receive(inbox, datagrams).count == 1);
  CHECK(datagrams[0].octets.data() == rooms[0].data());

  inbox.put(0, rooms[2]);
  CHECK(Batch().add(peer, 20).add(peer, 30).add(peer, 40).send(server).count == 3);
  REQUIRE(peer.receive(inbox, datagrams).count == 2);
  CHECK(datagrams[0].octets.data() == rooms[2].data());
  CHECK(datagrams[0].octets.size() == 20);
  CHECK(datagrams[1].octets.data() == rooms[1].data());
  CHECK(datagrams[1].octets.size() == 30);
  CHECK(datagrams[1].peer == address_of(server));

  // The places are ready again, rooms and all.
  REQUIRE(peer.receive(inbox, datagrams).count == 1);
  CHECK(datagrams[0].octets.size() == 40);
  CHECK(peer.receive(inbox, datagrams).count == 0);
}

TEST_CASE("where the system refuses segments, datagrams go singly") {
  UdpSocket server = bound_to("127.0.0.1:0"), peer = bound_to("127.0.0.1:0");
  int on = 1;  // without a checksum there are no segments
  REQUIRE(setsockopt(server.fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on) == 0);
  Batch batch;
  batch.add(peer, 30).add(peer, 40).add(peer, 40).add(peer, 50).add(peer, 50);
  UdpSocket::Sent sent = batch.send(server);
  CHECK(sent.count == 5);
  CHECK(!sent.next_refused);
  CHECK(received(peer, 5) == Texts{"30a", "40b", "40c", "50d", "50e"});
}

TEST_CASE("a datagram that the system refuses for good is told, and stops none but itself") {
  UdpSocket server = bound_to("127.0.0.1:0"), peer = bound_to("127.0.0.1:0");
  Batch batch;
  batch.add(peer, 40).add(peer, 40).add(peer, 65508).add(peer, 40);  // the longest that UDP over IPv4 takes has 65,507
  UdpSocket::Sent sent = batch.send(server);
  CHECK(sent.count == 2);
  CHECK(sent.next_refused);
  CHECK(received(peer, 2) == Texts{"40a", "40b"});
}
