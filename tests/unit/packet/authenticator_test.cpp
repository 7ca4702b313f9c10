// SPDX-License-Identifier: Apache-2.0
#include "packet/authenticator.h"

#include "catch.h"
#include "support/hex.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture {};

Octets request_authenticator_of(const Vector& answer) {
  if (!answer.authenticator.empty()) return answer.authenticator;
  return Octets(vector(answer.answers).octets).subspan(Packet::authenticator_offset, Packet::authenticator_size);
}

bool is_answer(const Vector& vector) { return !vector.answers.empty() || !vector.authenticator.empty(); }

/// All that protects a packet. A Message-Authenticator that was there must be there.
bool verifies(const Vector& vector, Octets octets, std::string_view secret_text) {
  auto packet = Packet::decode(octets);
  if (!packet.ok()) return false;
  SharedSecret secret(octets_of(secret_text));
  bool has_message_authenticator = Packet::decode(vector.octets)->message_authenticator_offset() != 0;
  if (is_answer(vector)) {
    Octets request = request_authenticator_of(vector);
    return verify_response_authenticator(*packet, request, secret) &&
           (!has_message_authenticator || verify_response_message_authenticator(*packet, request, secret));
  }
  if (request_authenticator_is_digest(packet->code()) && !verify_request_authenticator(*packet, secret)) return false;
  return !has_message_authenticator || verify_request_message_authenticator(*packet, secret);
}

bool is_protected(const Vector& vector, const Packet& packet) {
  return is_answer(vector) || request_authenticator_is_digest(packet.code()) ||
         packet.message_authenticator_offset() != 0;
}

bool is_signed_vector(const Vector& vector) {
  return vector.kind == "packet" && vector.discard.empty() && vector.result == "good";
}

}  // namespace

// Every A and C packet
TEST_CASE_METHOD(Fixture, "every packet that is written down verifies",
                 "[AUTH-1][AUTH-2][AUTH-3][AUTH-4][AUTH-5][AUTH-6]") {
  int requests = 0, answers = 0;
  for (const Vector& vector : all_vectors()) {
    if (!is_signed_vector(vector)) continue;
    INFO(vector.id);
    CHECK(verifies(vector, vector.octets, vector.secret));
    ++(is_answer(vector) ? answers : requests);
  }
  CHECK(requests >= 15);
  CHECK(answers >= 20);
}

TEST_CASE_METHOD(Fixture, "and does not with another secret") {
  for (const Vector& vector : all_vectors()) {
    if (!is_signed_vector(vector)) continue;
    if (!is_protected(vector, *Packet::decode(vector.octets))) continue;
    INFO(vector.id);
    CHECK_FALSE(verifies(vector, vector.octets, vector.secret + "x"));
    CHECK_FALSE(verifies(vector, vector.octets, ""));
  }
}

TEST_CASE_METHOD(Fixture, "no octet of a protected packet may change", "[AUTH-1][AUTH-4]") {
  for (const Vector& vector : all_vectors()) {
    if (!is_signed_vector(vector)) continue;
    if (!is_protected(vector, *Packet::decode(vector.octets))) continue;
    std::vector<uint8_t> octets = vector.octets;
    for (size_t i = 0; i < octets.size(); ++i) {
      octets[i] ^= 0x80;
      INFO(vector.id << ", octet " << i);
      CHECK_FALSE(verifies(vector, octets, vector.secret));
      octets[i] ^= 0x80;
    }
  }
}

TEST_CASE_METHOD(Fixture, "an answer does not verify against another request's authenticator", "[AUTH-1][AUTH-5]") {
  const Vector& answer = vector("C-2b");
  auto packet = Packet::decode(answer.octets);
  REQUIRE(packet.ok());
  SharedSecret secret(octets_of(answer.secret));
  std::vector<uint8_t> other = unhex("000102030405060708090a0b0c0d0e0e");
  CHECK_FALSE(verify_response_authenticator(*packet, other, secret));
  CHECK_FALSE(verify_response_message_authenticator(*packet, other, secret));
}

TEST_CASE_METHOD(Fixture, "the vectors that must be discarded do not verify", "[AUTH-2][AUTH-4]") {
  for (const char* id : {"C-3x", "C-4x"}) {
    INFO(id);
    CHECK_FALSE(verifies(vector(id), vector(id).octets, vector(id).secret));
  }
}

// RFC 3579 §3.2, RFC 5176 §3.4: the Message-Authenticator first, then the packet's own
TEST_CASE_METHOD(Fixture, "signing restores what was wiped, to the octet", "[AUTH-1][AUTH-5][AUTH-6]") {
  for (const Vector& vector : all_vectors()) {
    if (!is_signed_vector(vector)) continue;
    INFO(vector.id);
    auto packet = Packet::decode(vector.octets);
    REQUIRE(packet.ok());
    SharedSecret secret(octets_of(vector.secret));
    size_t offset = packet->message_authenticator_offset();
    std::vector<uint8_t> octets = vector.octets;
    MutableOctets wiped(octets);
    if (offset != 0) wipe(wiped.subspan(offset, 16));
    bool is_random = !is_answer(vector) && !request_authenticator_is_digest(packet->code());
    if (!is_random) wipe(wiped.subspan(4, 16));

    if (is_answer(vector)) {
      Octets request = request_authenticator_of(vector);
      if (offset != 0) sign_response_message_authenticator(octets, offset, request, secret);
      sign_response_authenticator(octets, request, secret);
    } else {
      if (offset != 0) sign_request_message_authenticator(octets, offset, secret);
      if (!is_random) sign_request_authenticator(octets, secret);
    }
    CHECK(to_hex(octets) == to_hex(vector.octets));
  }
}

// What stands in the field while the Message-Authenticator is computed does not count
TEST_CASE_METHOD(Fixture, "a CoA-Request's Message-Authenticator is the same whatever the authenticator field holds",
                 "[AUTH-6]") {
  std::vector<uint8_t> octets = vector("C-5a").octets;
  SharedSecret secret(octets_of("xyzzy5461"));
  size_t offset = Packet::decode(octets)->message_authenticator_offset();
  for (uint8_t& octet : MutableOctets(octets).subspan(4, 16)) octet = 0xee;
  sign_request_message_authenticator(octets, offset, secret);
  sign_request_authenticator(octets, secret);
  CHECK(to_hex(octets) == to_hex(vector("C-5a").octets));
}

TEST_CASE_METHOD(Fixture, "without exactly one well-formed Message-Authenticator nothing verifies", "[AUTH-7]") {
  SharedSecret secret(octets_of("xyzzy5461"));
  auto none = Packet::decode(vector("A-1.1").octets);
  REQUIRE(none.ok());
  CHECK_FALSE(verify_request_message_authenticator(*none, secret));

  std::vector<uint8_t> twice = joined({vector("C-2a").octets, unhex("5012"), filled(16, 0)});
  twice[3] = static_cast<uint8_t>(twice.size());
  auto packet = Packet::decode(twice);
  REQUIRE(packet.ok());
  sign_request_message_authenticator(twice, packet->message_authenticator_offset(), secret);
  CHECK_FALSE(verify_request_message_authenticator(*packet, secret));
}

TEST_CASE("three requests carry a digest as authenticator, all others random octets") {
  for (unsigned number = 0; number < 256; ++number) {
    INFO(number);
    CHECK(request_authenticator_is_digest(static_cast<Code>(number)) == (number == 4 || number == 40 || number == 43));
  }
}
