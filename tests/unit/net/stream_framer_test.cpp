// SPDX-License-Identifier: Apache-2.0
#include "net/stream_framer.h"

#include "catch.h"

using namespace radhost;

namespace {

using Outcome = StreamFramer::Outcome;
using Packets = std::vector<std::vector<uint8_t>>;

std::vector<uint8_t> packet_of(size_t size, uint8_t identifier = 1) {
  std::vector<uint8_t> octets(size, 0xaa);
  octets[0] = 1;
  octets[1] = identifier;
  octets[2] = static_cast<uint8_t>(size >> 8);
  octets[3] = static_cast<uint8_t>(size);
  return octets;
}

struct Fixture {
  StreamFramer framer;
  Packets packets;

  Outcome receive(Octets octets) {
    return framer.receive(octets, [this](Octets packet) {
      packets.emplace_back(packet.begin(), packet.end());
      return true;
    });
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a packet that comes octet by octet comes out whole", "[TRN-1]") {
  auto packet = packet_of(37);
  for (size_t i = 0; i + 1 < packet.size(); ++i) {
    REQUIRE(receive(Octets(packet).subspan(i, 1)) == Outcome::WantsMore);
    REQUIRE(packets.empty());
    REQUIRE_FALSE(framer.is_empty());
  }
  CHECK(receive(Octets(packet).last(1)) == Outcome::WantsMore);
  CHECK(packets == Packets{packet});
  CHECK(framer.is_empty());
}

TEST_CASE_METHOD(Fixture, "all packets of one read come out, and the beginning of the next is kept", "[TRN-1]") {
  std::vector<uint8_t> stream;
  Packets sent;
  for (uint8_t number = 0; number < 50; ++number) {
    sent.push_back(packet_of(20 + number * 7u, number));
    stream.insert(stream.end(), sent.back().begin(), sent.back().end());
  }
  auto last = packet_of(4096, 99);
  stream.insert(stream.end(), last.begin(), last.begin() + 3);
  CHECK(receive(stream) == Outcome::WantsMore);
  CHECK(packets == sent);
  CHECK(receive(Octets(last).subspan(3)) == Outcome::WantsMore);
  CHECK(packets.back() == last);
}

TEST_CASE_METHOD(Fixture, "after a Length that no packet has there is no border any more", "[TRN-3]") {
  auto [length, outcome] = GENERATE(table<size_t, Outcome>({{0, Outcome::TooShort},
                                                            {19, Outcome::TooShort},
                                                            {4097, Outcome::TooLong},
                                                            {65535, Outcome::TooLong}}));
  auto good = packet_of(20);
  std::vector<uint8_t> stream = good;
  stream.insert(stream.end(), {1, 2, static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)});
  CHECK(receive(stream) == outcome);
  CHECK(packets == Packets{good});
}

TEST_CASE_METHOD(Fixture, "three octets say nothing yet", "[TRN-1]") {
  CHECK(receive(std::vector<uint8_t>{1, 2, 0xff}) == Outcome::WantsMore);
  CHECK(receive(std::vector<uint8_t>{0xff}) == Outcome::TooLong);
}

TEST_CASE_METHOD(Fixture, "a packet that nobody takes is given again, and what came meanwhile after it") {
  auto first = packet_of(20, 1), second = packet_of(21, 2), third = packet_of(22, 3);
  std::vector<uint8_t> stream = first;
  stream.insert(stream.end(), second.begin(), second.end());
  auto take_one = [this](Octets packet) {
    if (!packets.empty()) return false;
    packets.emplace_back(packet.begin(), packet.end());
    return true;
  };
  CHECK(framer.receive(stream, take_one) == Outcome::Held);
  CHECK(framer.receive(third, take_one) == Outcome::Held);
  CHECK(packets == Packets{first});
  CHECK(framer.resume(take_one) == Outcome::Held);
  CHECK(receive({}) == Outcome::WantsMore);
  CHECK(packets == Packets{first, second, third});
  CHECK(framer.is_empty());
}
