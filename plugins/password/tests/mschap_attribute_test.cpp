// SPDX-License-Identifier: Apache-2.0
#include "../mschap_attribute.h"

#include "catch.h"
#include "hex.h"

namespace {

// The values of RFC 2759 §9.2 in the layout of RFC 2548 §2.3.2.
const std::vector<uint8_t> rfc_response2 = from_hex(
    "0100 21402324255e262a28295f2b3a337c7e 0000000000000000 "
    "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");

}  // namespace

TEST_CASE("MS-CHAP2-Response is taken apart and put together again") {
  const auto response = mschap::decode_response2(rfc_response2);
  REQUIRE(response);
  CHECK(response->ident == 1);
  CHECK(octets(response->peer_challenge) == from_hex("21402324255e262a28295f2b3a337c7e"));
  CHECK(octets(response->nt_response) == from_hex("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"));
  CHECK(octets(mschap::encode_response2(*response)) == rfc_response2);
}

TEST_CASE("MS-CHAP2-Response of another length is none", "[AUTH-17]") {
  auto longer = rfc_response2;
  longer.push_back(0);
  CHECK_FALSE(mschap::decode_response2(mschap::Octets(rfc_response2).first(49)));
  CHECK_FALSE(mschap::decode_response2(longer));
  CHECK_FALSE(mschap::decode_response2({}));
}

TEST_CASE("MS-CHAP2-Response with flags or reserved octets that are not zero is none", "[AUTH-17]") {
  for (size_t i = 0; i < rfc_response2.size(); ++i) {
    auto changed = rfc_response2;
    changed[i] ^= 1;
    const bool must_be_zero = i == 1 || (i >= 18 && i < 26);
    CHECK(mschap::decode_response2(changed).has_value() != must_be_zero);
  }
}

TEST_CASE("MS-CHAP-Response is taken apart and put together again") {
  auto value = from_hex("0701");
  for (uint8_t i = 0; i < 48; ++i) value.push_back(i);
  const auto response = mschap::decode_response(value);
  REQUIRE(response);
  CHECK(response->ident == 7);
  CHECK(response->use_nt_response);
  CHECK(response->lm_response[23] == 23);
  CHECK(response->nt_response[0] == 24);
  CHECK(octets(mschap::encode_response(*response)) == value);
  CHECK_FALSE(mschap::decode_response(mschap::Octets(value).first(49)));
}

TEST_CASE("MS-CHAP-Response says when only its LM response counts") {
  const std::vector<uint8_t> value(50, 0);
  const auto response = mschap::decode_response(value);
  REQUIRE(response);
  CHECK_FALSE(response->use_nt_response);
}

TEST_CASE("MS-CHAP2-Success is the Ident and the server's proof", "[AUTH-18]") {
  mschap::AuthenticatorResponse text{};
  constexpr std::string_view text_shown = "S=407A5589115FD0D6209F510FE9C04566932CDA56";
  std::copy(text_shown.begin(), text_shown.end(), text.begin());
  CHECK(octets(mschap::encode_success2(1, text)) ==
        from_hex("01533d34303741353538393131354644304436323039463531304645394330343536363933324344413536"));
}

TEST_CASE("MS-CHAP-MPPE-Keys holds no LM key, then the hash of the NT hash", "[AUTH-14]") {
  mschap::NtHash hash;
  hash.octets.fill(0xAB);
  const auto value = mschap::encode_mppe_keys(hash);
  CHECK(octets(value.octets) == from_hex("0000000000000000abababababababababababababababab"));
}

TEST_CASE("MS-CHAP-Error spells the challenge in as many digits as the version has", "[AUTH-19]") {
  const auto challenge = from_hex("000102030405060708090a0b0c0d0eff");
  CHECK(mschap::encode_error(0x41, challenge) ==
        "AE=691 R=0 C=000102030405060708090A0B0C0D0EFF V=3 M=Authentication failed");
  CHECK(mschap::encode_error(0x41, mschap::Octets(challenge).first(8)) == "AE=691 R=0 C=0001020304050607 V=2");
}
