// SPDX-License-Identifier: Apache-2.0
#include "../mschap.h"

#include "catch.h"
#include "hex.h"

#include <stdexcept>
#include <string>

#include <openssl/err.h>
#include <stdlib.h>

namespace {

// RFC 2759 §9.2.
const std::vector<uint8_t> rfc_authenticator = from_hex("5b5d7c7d7b3f2f3e3c2c602132262628");
const std::vector<uint8_t> rfc_peer = from_hex("21402324255e262a28295f2b3a337c7e");
const std::vector<uint8_t> rfc_response = from_hex("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");
constexpr std::string_view rfc_password = "clientPass";

const mschap::Algorithms& algorithms() {
  static const mschap::Algorithms loaded;
  return loaded;
}

mschap::Exchange exchange() { return {rfc_authenticator, rfc_peer, "User"}; }

template <class Optional>
std::vector<uint8_t> hash_octets(const Optional& hash) {
  REQUIRE(hash);
  return octets(hash->octets);
}

}  // namespace

TEST_CASE("the NT hash is that of RFC 2759, and so is the hash of it") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  CHECK(hash_octets(hash) == from_hex("44ebba8d5312b8d611474411f56989ae"));
  CHECK(hash_octets(calculator.hash_of(*hash)) == from_hex("41c00c584bd2d91c4017a2a12fa59f3f"));
  CHECK(hash_octets(calculator.nt_hash("MyPw")) == from_hex("fc156af7edcd6c0edde3337d427f4eac"));
}

TEST_CASE("the NT hash of an empty password is MD4 of nothing") {
  mschap::Calculator calculator(algorithms());
  CHECK(hash_octets(calculator.nt_hash("")) == from_hex("31d6cfe0d16ae931b73c59d7e0c089c0"));
}

TEST_CASE("a password that is not UTF-8, or longer than 256 characters, has no NT hash") {
  mschap::Calculator calculator(algorithms());
  CHECK_FALSE(calculator.nt_hash("\xff"));
  CHECK(calculator.nt_hash(std::string(256, 'a')));
  CHECK_FALSE(calculator.nt_hash(std::string(257, 'a')));
}

TEST_CASE("DES keys get odd parity, as RFC 2759 prints them") {
  const auto hash = from_hex("fc156af7edcd6c0edde3337d427f4eac");
  const std::span<const uint8_t> all(hash);
  CHECK(octets(mschap::des_key(all.subspan<0, 7>()).octets) == from_hex("fd0b5b5e7f6e34d9"));
  CHECK(octets(mschap::des_key(all.subspan<7, 7>()).octets) == from_hex("0e6e796737ea08fe"));
}

TEST_CASE("challenge and response of version 2 are those of RFC 2759", "[AUTH-17]") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  const auto challenge = calculator.challenge_hash(exchange());
  REQUIRE(challenge);
  CHECK(octets(*challenge) == from_hex("d02e4386bce91226"));
  const auto response = calculator.response(exchange(), *hash);
  REQUIRE(response);
  CHECK(octets(*response) == rfc_response);
  CHECK(calculator.verify(exchange(), rfc_response, *hash));
}

TEST_CASE("version 1's response is made from the challenge as it is") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  const auto challenge = from_hex("d02e4386bce91226");
  const auto response = calculator.response(mschap::Octets(challenge), *hash);
  REQUIRE(response);
  CHECK(octets(*response) == rfc_response);
  CHECK(calculator.verify(mschap::Octets(challenge), rfc_response, *hash));
}

TEST_CASE("a response for anything else is wrong") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  const auto other_hash = calculator.nt_hash("clientpass");

  SECTION("another password") { CHECK_FALSE(calculator.verify(exchange(), rfc_response, *other_hash)); }
  SECTION("another user") {
    auto other = exchange();
    other.user_name = "user";
    CHECK_FALSE(calculator.verify(other, rfc_response, *hash));
  }
  SECTION("one bit of the response") {
    for (size_t i = 0; i < rfc_response.size(); ++i) {
      auto changed = rfc_response;
      changed[i] ^= 1;
      CHECK_FALSE(calculator.verify(exchange(), changed, *hash));
    }
  }
  SECTION("a response cut short, or with more behind it") {
    auto longer = rfc_response;
    longer.push_back(0);
    CHECK_FALSE(calculator.verify(exchange(), mschap::Octets(rfc_response).first(23), *hash));
    CHECK_FALSE(calculator.verify(exchange(), longer, *hash));
    CHECK_FALSE(calculator.verify(exchange(), {}, *hash));
  }
  SECTION("a challenge of another size") {
    auto other = exchange();
    other.authenticator_challenge = mschap::Octets(rfc_authenticator).first(8);
    CHECK_FALSE(calculator.verify(other, rfc_response, *hash));
    CHECK_FALSE(calculator.verify(mschap::Octets(rfc_authenticator), rfc_response, *hash));
  }
}

TEST_CASE("the server proves itself with the text RFC 2759 prints", "[AUTH-18]") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  const auto text = calculator.authenticator_response(exchange(), rfc_response, *hash);
  REQUIRE(text);
  CHECK(std::string(text->begin(), text->end()) == "S=407A5589115FD0D6209F510FE9C04566932CDA56");
  CHECK(calculator.verify_authenticator(exchange(), rfc_response, *hash, "S=407A5589115FD0D6209F510FE9C04566932CDA56"));
  CHECK_FALSE(
      calculator.verify_authenticator(exchange(), rfc_response, *hash, "S=407A5589115FD0D6209F510FE9C04566932CDA57"));
  CHECK_FALSE(calculator.verify_authenticator(exchange(), rfc_response, *hash, ""));
}

TEST_CASE("the session keys are those of RFC 3079") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  const auto keys = calculator.session_keys(rfc_response, *hash);
  REQUIRE(keys);
  CHECK(octets(keys->send.octets) == from_hex("8b7cdc149b993a1ba118cb153f56dccb"));
  // Not printed there; computed a second time with another implementation.
  CHECK(octets(keys->recv.octets) == from_hex("d5f0e9521e3ea9589645e86051c82226"));
}

TEST_CASE("a calculator gives the same answers whatever it computed before") {
  mschap::Calculator calculator(algorithms());
  const auto hash = calculator.nt_hash(rfc_password);
  for (int round = 0; round < 3; ++round) {
    CHECK_FALSE(calculator.verify(exchange(), rfc_response, *calculator.nt_hash("wrong")));
    CHECK(calculator.verify(exchange(), rfc_response, *hash));
  }
}

TEST_CASE("the domain before a user's name is left out", "[AUTH-17]") {
  CHECK(mschap::without_domain("BIGCO\\User") == "User");
  CHECK(mschap::without_domain("User") == "User");
  CHECK(mschap::without_domain("User@example.net") == "User@example.net");
  CHECK(mschap::without_domain("BIGCO\\").empty());
  CHECK(mschap::without_domain("").empty());
}

TEST_CASE("without the legacy provider there are no algorithms, and the reason is told") {
  ::setenv("OPENSSL_MODULES", "/nonexistent", 1);
  std::string reason;
  try {
    const mschap::Algorithms none;
  } catch (const std::runtime_error& error) {
    reason = error.what();
  }
  ::unsetenv("OPENSSL_MODULES");
  CHECK(reason == "OpenSSL's legacy provider is not installed");
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("the comparison finds every difference") {
  const auto a = from_hex("000102");
  CHECK(mschap::equal(a, from_hex("000102")));
  CHECK_FALSE(mschap::equal(a, from_hex("000103")));
  CHECK_FALSE(mschap::equal(a, from_hex("0001")));
  CHECK(mschap::equal({}, {}));
}
