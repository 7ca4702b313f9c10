// SPDX-License-Identifier: Apache-2.0
#include "packet/packet.h"

#include "catch.h"
#include "support/hex.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// "good", or the word of the discard.
std::string outcome(Octets received) {
  auto packet = Packet::decode(received);
  return packet.ok() ? "good" : std::string(to_word(packet.error()));
}

/// A packet of `size` octets, which one unknown attribute after the other fills.
std::vector<uint8_t> packet_of_size(size_t size) {
  std::vector<uint8_t> octets = unhex("01010000000102030405060708090a0b0c0d0e0f");
  while (octets.size() < size) {
    size_t rest = size - octets.size();
    size_t length = rest > 255 + 2 ? 255 : rest > 255 ? rest - 2 : rest;
    octets.push_back(200);
    octets.push_back(static_cast<uint8_t>(length));
    octets.resize(octets.size() + length - 2);
  }
  octets[2] = static_cast<uint8_t>(size >> 8);
  octets[3] = static_cast<uint8_t>(size);
  return octets;
}

}  // namespace

TEST_CASE("every packet that is written down decodes, with its header and its attributes") {
  for (const Vector& vector : all_vectors()) {
    if (vector.kind != "packet") continue;
    INFO(vector.id);
    auto packet = Packet::decode(vector.octets);
    if (vector.discard == "malformed_attribute") {
      CHECK_FALSE(packet.ok());
      continue;
    }
    REQUIRE(packet.ok());
    CHECK(static_cast<uint8_t>(packet->code()) == vector.octets[0]);
    CHECK(packet->identifier() == vector.octets[1]);
    CHECK(to_hex(packet->authenticator()) == to_hex(Octets(vector.octets).subspan(4, 16)));
    CHECK(to_hex(packet->octets()) == to_hex(vector.octets));
    size_t octets = Packet::header_size;
    for (Attribute attribute : packet->attributes()) {
      octets += Attribute::header_size + attribute.value.size();
      CHECK(packet->has(attribute.type));
    }
    CHECK(octets == vector.octets.size());
  }
}

// C-15a to C-15j
TEST_CASE("every datagram that is to be discarded is discarded for its own reason", "[COD-1][COD-3][COD-5][COD-6]") {
  int seen = 0;
  for (const Vector& vector : all_vectors()) {
    if (vector.kind != "datagram") continue;
    INFO(vector.id);
    CHECK(outcome(vector.octets) == (vector.discard.empty() ? "good" : vector.discard));
    ++seen;
  }
  CHECK(seen >= 10);
}

TEST_CASE("twenty octets are a packet, nineteen and none are not", "[COD-1]") {
  CHECK(outcome(packet_of_size(20)) == "good");
  CHECK(outcome(Octets(packet_of_size(20)).first(19)) == "short_packet");
  CHECK(outcome({}) == "short_packet");
}

TEST_CASE("4096 octets are a packet, 4097 are not", "[COD-2]") {
  CHECK(outcome(packet_of_size(4095)) == "good");
  CHECK(outcome(packet_of_size(4096)) == "good");
  CHECK(outcome(packet_of_size(4097)) == "oversized_packet");
}

TEST_CASE("a packet that was cut anywhere is truncated", "[COD-3]") {
  std::vector<uint8_t> whole = vector("C-2a").octets;
  for (size_t size = Packet::header_size; size < whole.size(); ++size) {
    INFO(size);
    CHECK(outcome(Octets(whole).first(size)) == "truncated_packet");
  }
}

TEST_CASE("octets behind Length are padding and no part of the packet", "[COD-4]") {
  auto packet = Packet::decode(vector("C-15i").octets);
  REQUIRE(packet.ok());
  CHECK(to_hex(packet->octets()) == to_hex(vector("C-3").octets));
}

TEST_CASE("only codes with a name are decoded", "[COD-5]") {
  std::vector<uint8_t> octets = packet_of_size(20);
  for (int code = 0; code < 256; ++code) {
    INFO(code);
    octets[0] = static_cast<uint8_t>(code);
    CHECK(outcome(octets) == (code_name(static_cast<Code>(code)).empty() ? "unknown_code" : "good"));
  }
}

TEST_CASE("State as RFC 2865 §7.3 prints it overruns the packet, and corrected it does not", "[COD-6]") {
  CHECK(outcome(vector("A-1.7n").octets) == "malformed_attribute");
  CHECK(outcome(vector("A-1.7").octets) == "good");
}

TEST_CASE("a type is present when an attribute has it, whatever its number") {
  std::vector<uint8_t> octets = joined({unhex("0101002c000102030405060708090a0b0c0d0e0f"),
                                        unhex("000201023f0240027f028002"), unhex("bf02c002fe02ff02c802c802")});
  auto packet = Packet::decode(octets);
  REQUIRE(packet.ok());
  for (int type : {0, 1, 63, 64, 127, 128, 191, 192, 254, 255, 200}) {
    INFO(type);
    CHECK(packet->has(static_cast<uint8_t>(type)));
  }
  for (int type : {2, 62, 65, 126, 129, 190, 193, 253, 26, 80}) {
    INFO(type);
    CHECK_FALSE(packet->has(static_cast<uint8_t>(type)));
  }
}

TEST_CASE("a Message-Authenticator is found wherever it stands") {
  auto first = Packet::decode(vector("C-2a").octets);
  REQUIRE(first.ok());
  CHECK(first->message_authenticator_offset() == 22);
  CHECK(first->has_wellformed_message_authenticator());
  auto last = Packet::decode(vector("C-3").octets);
  REQUIRE(last.ok());
  CHECK(last->message_authenticator_offset() == 67 - 16);
  CHECK(last->has_wellformed_message_authenticator());
}

TEST_CASE("none, two, or one of another length is no well-formed Message-Authenticator", "[AUTH-7]") {
  auto none = Packet::decode(vector("A-1.1").octets);
  REQUIRE(none.ok());
  CHECK(none->message_authenticator_offset() == 0);
  CHECK_FALSE(none->has_wellformed_message_authenticator());

  auto wellformed = [](std::initializer_list<size_t> value_sizes) {
    std::vector<uint8_t> octets = unhex("01010000000102030405060708090a0b0c0d0e0f");
    for (size_t size : value_sizes) octets = joined({octets, {80, static_cast<uint8_t>(size + 2)}, filled(size, 7)});
    octets[3] = static_cast<uint8_t>(octets.size());
    auto packet = Packet::decode(octets);
    REQUIRE(packet.ok());
    CHECK(packet->message_authenticator_offset() == 22);
    return packet->has_wellformed_message_authenticator();
  };
  CHECK(wellformed({16}));
  CHECK_FALSE(wellformed({15}));
  CHECK_FALSE(wellformed({17}));
  CHECK_FALSE(wellformed({0}));
  CHECK_FALSE(wellformed({16, 16}));
  CHECK_FALSE(wellformed({0, 16}));
  CHECK_FALSE(wellformed({15, 16}));
  CHECK_FALSE(wellformed({16, 16, 16}));
}
