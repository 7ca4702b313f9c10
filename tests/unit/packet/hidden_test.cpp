// SPDX-License-Identifier: Apache-2.0
#include "packet/hidden.h"

#include "catch.h"
#include "packet/hiding_fixture.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture : HidingFixture {
  std::string hidden(Hiding hiding, const std::vector<uint8_t>& clear, uint16_t salt = 0) {
    auto size = hidden_size(hiding, clear.size());
    REQUIRE(size.has_value());
    std::vector<uint8_t> octets(*size, 0xee);
    hide(hiding, clear, octets, salt, key);
    return to_hex(octets);
  }

  /// The clear text in hexadecimal, or "invalid".
  std::string revealed(Hiding hiding, const std::vector<uint8_t>& octets) {
    std::vector<uint8_t> clear(octets.size(), 0xee);
    auto length = reveal(hiding, octets, clear, key);
    return length ? to_hex(Octets(clear).first(*length)) : "invalid";
  }

  /// The value of the vector, whose headers take the first octets.
  std::vector<uint8_t> value(std::string_view id, size_t headers) {
    const std::vector<uint8_t>& octets = vector(id).octets;
    return {octets.begin() + static_cast<std::ptrdiff_t>(headers), octets.end()};
  }
};

constexpr size_t attribute_header = 2;
constexpr size_t tagged_header = 3;
constexpr size_t vsa_header = 8;

}  // namespace

TEST_CASE_METHOD(Fixture, "User-Password is hidden and revealed as C-1 says", "[AUTH-9]") {
  const std::pair<const char*, size_t> rows[] = {{"C-1a", 15}, {"C-1b", 16}, {"C-1c", 17}, {"C-1d", 128}, {"C-1e", 0}};
  for (auto [id, length] : rows) {
    INFO(id);
    std::vector<uint8_t> password = filled(length, 'a');
    CHECK(hidden(Hiding::UserPassword, password) == to_hex(value(id, attribute_header)));
    CHECK(revealed(Hiding::UserPassword, value(id, attribute_header)) == to_hex(password));
  }
}

TEST_CASE_METHOD(Fixture, "the passwords of RFC 2865 §7 are revealed", "[AUTH-9]") {
  const std::pair<const char*, const char*> rows[] = {
      {"A-1.1", "arctangent"}, {"A-1.5", "challenge"}, {"A-1.7", "99101462"}};
  for (auto [id, password] : rows) {
    INFO(id);
    Octets packet = vector(id).octets;
    std::vector<uint8_t> ra(packet.begin() + 4, packet.begin() + 20);
    HidingKey request_key{secret, ra};
    size_t at = 20;
    while (packet[at] != 2) at += packet[at + 1];
    std::array<uint8_t, 16> clear;
    auto length = reveal(Hiding::UserPassword, packet.subspan(at + 2, 16), clear, request_key);
    REQUIRE(length.has_value());
    CHECK(text_of(Octets(clear).first(*length)) == password);
  }
}

TEST_CASE_METHOD(Fixture, "a User-Password of no whole number of blocks, of none, or of more than eight is invalid",
                 "[AUTH-10]") {
  for (size_t size : {0u, 1u, 15u, 17u, 31u, 127u, 129u, 144u, 253u}) {
    INFO(size);
    CHECK(revealed(Hiding::UserPassword, filled(size, 7)) == "invalid");
  }
  for (size_t size : {16u, 32u, 112u, 128u}) {
    INFO(size);
    CHECK(revealed(Hiding::UserPassword, filled(size, 7)) != "invalid");
  }
}

TEST_CASE_METHOD(Fixture, "NULs within a password stay, those at its end are padding", "[AUTH-9]") {
  std::string octets = hidden(Hiding::UserPassword, unhex("00610062"));
  CHECK(revealed(Hiding::UserPassword, unhex(octets)) == "00610062");
  octets = hidden(Hiding::UserPassword, unhex("61000000"));
  CHECK(revealed(Hiding::UserPassword, unhex(octets)) == "61");
}

TEST_CASE_METHOD(Fixture, "a password longer than 128 octets cannot be hidden", "[AUTH-9]") {
  CHECK(hidden_size(Hiding::UserPassword, 0) == 16u);
  CHECK(hidden_size(Hiding::UserPassword, 16) == 16u);
  CHECK(hidden_size(Hiding::UserPassword, 17) == 32u);
  CHECK(hidden_size(Hiding::UserPassword, 128) == 128u);
  CHECK_FALSE(hidden_size(Hiding::UserPassword, 129).has_value());
}

TEST_CASE_METHOD(Fixture, "Tunnel-Password is hidden and revealed as C-7 says", "[AUTH-14]") {
  CHECK(hidden(Hiding::TunnelPassword, bytes("tunnelpw"), 0x8001) == to_hex(value("C-7a", tagged_header)));
  CHECK(hidden(Hiding::TunnelPassword, bytes("0123456789abcdef"), 0x8002) == to_hex(value("C-7b", tagged_header)));
  CHECK(revealed(Hiding::TunnelPassword, value("C-7a", tagged_header)) == to_hex(bytes("tunnelpw")));
  CHECK(revealed(Hiding::TunnelPassword, value("C-7b", tagged_header)) == to_hex(bytes("0123456789abcdef")));
}

TEST_CASE_METHOD(Fixture, "the MPPE keys are hidden and revealed as C-8 says", "[AUTH-14]") {
  std::vector<uint8_t> receive_key, send_key;
  for (uint8_t i = 0; i < 32; ++i) {
    receive_key.push_back(static_cast<uint8_t>(0x40 + i));
    send_key.push_back(static_cast<uint8_t>(0x60 + i));
  }
  CHECK(hidden(Hiding::TunnelPassword, receive_key, 0x8003) == to_hex(value("C-8a", vsa_header)));
  CHECK(hidden(Hiding::TunnelPassword, send_key, 0x8004) == to_hex(value("C-8b", vsa_header)));
  CHECK(revealed(Hiding::TunnelPassword, value("C-8a", vsa_header)) == to_hex(receive_key));
  CHECK(revealed(Hiding::TunnelPassword, value("C-8b", vsa_header)) == to_hex(send_key));
}

// RFC 2868 §3.5: the most significant bit of the Salt must be set
TEST_CASE_METHOD(Fixture, "a salt's top bit is set whatever was asked for", "[AUTH-14]") {
  CHECK(hidden(Hiding::TunnelPassword, bytes("tunnelpw"), 0x0001) == to_hex(value("C-7a", tagged_header)));
  CHECK(hidden(Hiding::TunnelPassword, bytes("x"), 0x0000).starts_with("8000"));
  CHECK(hidden(Hiding::TunnelPassword, bytes("x"), 0xffff).starts_with("ffff"));
}

TEST_CASE_METHOD(Fixture, "another salt hides another way") {
  CHECK(hidden(Hiding::TunnelPassword, bytes("x"), 1).substr(4) !=
        hidden(Hiding::TunnelPassword, bytes("x"), 2).substr(4));
}

TEST_CASE_METHOD(Fixture, "every length that fits comes back from hiding") {
  for (size_t length = 0; length <= 239; ++length) {
    INFO(length);
    std::vector<uint8_t> clear = filled(length, static_cast<uint8_t>(length));
    CHECK(hidden_size(Hiding::TunnelPassword, length) == 2 + (length + 16) / 16 * 16);
    CHECK(revealed(Hiding::TunnelPassword, unhex(hidden(Hiding::TunnelPassword, clear, 7))) == to_hex(clear));
  }
  CHECK_FALSE(hidden_size(Hiding::TunnelPassword, 240).has_value());
}

TEST_CASE_METHOD(Fixture, "a salted value whose size is not 2 + 16n is invalid", "[AUTH-15]") {
  for (size_t size : {0u, 1u, 2u, 3u, 17u, 19u, 33u, 35u, 251u}) {
    INFO(size);
    CHECK(revealed(Hiding::TunnelPassword, filled(size, 7)) == "invalid");
  }
}

TEST_CASE_METHOD(Fixture, "a Data-Length that the block cannot hold is invalid", "[AUTH-15]") {
  std::vector<uint8_t> octets = unhex(hidden(Hiding::TunnelPassword, filled(15, 'x'), 1));
  CHECK(revealed(Hiding::TunnelPassword, octets) == to_hex(filled(15, 'x')));
  octets[2] ^= 15 ^ 16;  // the first octet of clear text is the length
  CHECK(revealed(Hiding::TunnelPassword, octets) == "invalid");
  octets[2] ^= 16 ^ 255;
  CHECK(revealed(Hiding::TunnelPassword, octets) == "invalid");
  octets[2] ^= 255 ^ 0;
  CHECK(revealed(Hiding::TunnelPassword, octets).empty());
}

TEST_CASE_METHOD(Fixture, "Ascend's secrets are one block, and come back") {
  std::string octets = hidden(Hiding::AscendSecret, bytes("secret"));
  CHECK(octets.size() == 32);
  CHECK(revealed(Hiding::AscendSecret, unhex(octets)) == to_hex(bytes("secret")));
  CHECK(revealed(Hiding::AscendSecret, filled(15, 1)) == "invalid");
  CHECK(revealed(Hiding::AscendSecret, filled(17, 1)) == "invalid");
  CHECK_FALSE(hidden_size(Hiding::AscendSecret, 17).has_value());
  // MD5(Request Authenticator, secret) is the mask.
  Digest16 mask = md5({authenticator, secret.octets()});
  CHECK(hidden(Hiding::AscendSecret, {}) == to_hex(mask));
}

TEST_CASE_METHOD(Fixture, "what is not hidden travels as it is") {
  CHECK(hidden_size(Hiding::None, 253) == 253u);
  CHECK(hidden(Hiding::None, bytes("abc")) == to_hex(bytes("abc")));
  CHECK(revealed(Hiding::None, bytes("abc")) == to_hex(bytes("abc")));
}

TEST_CASE_METHOD(Fixture, "another secret or another authenticator reveals something else") {
  SharedSecret other_secret(octets_of("xyzzy5462"));
  std::vector<uint8_t> other_authenticator = unhex("000102030405060708090a0b0c0d0e10");
  std::array<uint8_t, 16> clear;
  std::vector<uint8_t> octets = value("C-1a", attribute_header);
  auto length = reveal(Hiding::UserPassword, octets, clear, HidingKey{other_secret, authenticator});
  CHECK_FALSE((length == 15u && text_of(Octets(clear).first(15)) == std::string(15, 'a')));
  length = reveal(Hiding::UserPassword, octets, clear, HidingKey{secret, other_authenticator});
  CHECK_FALSE((length == 15u && text_of(Octets(clear).first(15)) == std::string(15, 'a')));
}
