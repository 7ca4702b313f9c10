// SPDX-License-Identifier: Apache-2.0
#include "../mschap_check.h"

#include "../mschap_attribute.h"
#include "catch.h"
#include "hex.h"

#include <string>

using password::check_mschap;
using password::check_mschap2;
using password::Finding;
using password::Known;

namespace {

// RFC 2759 §9.2 in the layout of RFC 2548 §2.3.2.
const std::vector<uint8_t> rfc_challenge = from_hex("5b5d7c7d7b3f2f3e3c2c602132262628");
const std::vector<uint8_t> rfc_response2 = from_hex(
    "0100 21402324255e262a28295f2b3a337c7e 0000000000000000 "
    "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");
const std::vector<uint8_t> rfc_nt_hash = from_hex("44ebba8d5312b8d611474411f56989ae");

const mschap::Algorithms& algorithms() {
  static const mschap::Algorithms loaded;
  return loaded;
}

Known cleartext(std::string_view password) {
  Known known;
  known.cleartext = password;
  return known;
}

Known nt_hash() {
  Known known;
  known.nt_hash = std::span<const uint8_t, 16>(rfc_nt_hash.data(), 16);
  return known;
}

/// Version 1's response that a client which knows `hash` makes.
std::vector<uint8_t> response1(mschap::Octets challenge, bool use_nt_response) {
  mschap::Calculator calculator(algorithms());
  const mschap::NtHash hash(std::span<const uint8_t, 16>(rfc_nt_hash.data(), 16));
  mschap::ResponseAttribute response;
  response.ident = 5;
  response.use_nt_response = use_nt_response;
  response.nt_response = *calculator.response(challenge, hash);
  return octets(mschap::encode_response(response));
}

}  // namespace

TEST_CASE("version 2 accepts RFC 2759's example and answers with its proof and keys", "[AUTH-17][AUTH-18]") {
  mschap::Calculator calculator(algorithms());
  for (const Known& known : {cleartext("clientPass"), nt_hash()}) {
    const auto result = check_mschap2(rfc_response2, rfc_challenge, "User", known, calculator);
    CHECK(result.finding == Finding::Right);
    CHECK(octets(result.success) ==
          from_hex("01533d34303741353538393131354644304436323039463531304645394330343536363933324344413536"));
    CHECK(octets(result.keys.send.octets) == from_hex("8b7cdc149b993a1ba118cb153f56dccb"));
    CHECK(octets(result.keys.recv.octets) == from_hex("d5f0e9521e3ea9589645e86051c82226"));
  }
}

TEST_CASE("version 2 leaves the domain out of the hash", "[AUTH-17]") {
  mschap::Calculator calculator(algorithms());
  CHECK(check_mschap2(rfc_response2, rfc_challenge, "BIGCO\\User", cleartext("clientPass"), calculator).finding ==
        Finding::Right);
  CHECK(check_mschap2(rfc_response2, rfc_challenge, "BIGCO\\Other", cleartext("clientPass"), calculator).finding ==
        Finding::Wrong);
}

TEST_CASE("version 2 says wrong, with the Ident to answer to and no keys", "[AUTH-18][AUTH-19]") {
  mschap::Calculator calculator(algorithms());
  const auto result = check_mschap2(rfc_response2, rfc_challenge, "User", cleartext("clientPasS"), calculator);
  CHECK(result.finding == Finding::Wrong);
  CHECK(result.ident == 1);
  CHECK(octets(result.keys.send.octets) == std::vector<uint8_t>(16, 0));
  CHECK(octets(result.success) == std::vector<uint8_t>(43, 0));
}

TEST_CASE("version 2 finds a response or challenge of another length malformed", "[AUTH-17]") {
  mschap::Calculator calculator(algorithms());
  const Known known = cleartext("clientPass");
  const mschap::Octets response(rfc_response2);
  const mschap::Octets challenge(rfc_challenge);
  CHECK(check_mschap2(response.first(49), challenge, "User", known, calculator).finding == Finding::Malformed);
  CHECK(check_mschap2(response, challenge.first(8), "User", known, calculator).finding == Finding::Malformed);
  CHECK(check_mschap2(response, {}, "User", known, calculator).finding == Finding::Malformed);
}

TEST_CASE("MS-CHAP cannot be checked against a crypt hash, or against nothing", "[AUTH-13]") {
  mschap::Calculator calculator(algorithms());
  Known crypt;
  crypt.crypt = "$5$saltsalt$v6vRXiHyiLF2WS2K4NBjHGESesVOsxE1t4Of0sPLbqD";
  const auto challenge = from_hex("102db5df085d3041");
  for (const Known& known : {crypt, Known{}}) {
    CHECK(check_mschap2(rfc_response2, rfc_challenge, "User", known, calculator).finding == Finding::NothingKnown);
    CHECK(check_mschap(response1(challenge, true), challenge, known, calculator).finding == Finding::NothingKnown);
  }
}

TEST_CASE("version 1 accepts the NT response and gives the keys") {
  mschap::Calculator calculator(algorithms());
  const auto challenge = from_hex("102db5df085d3041");
  for (const Known& known : {cleartext("clientPass"), nt_hash()}) {
    const auto result = check_mschap(response1(challenge, true), challenge, known, calculator);
    CHECK(result.finding == Finding::Right);
    CHECK(octets(result.keys.octets) == from_hex("0000000000000000 41c00c584bd2d91c4017a2a12fa59f3f"));
  }
}

TEST_CASE("version 1 refuses a wrong password, a changed response, and LM alone") {
  mschap::Calculator calculator(algorithms());
  const auto challenge = from_hex("102db5df085d3041");
  auto changed = response1(challenge, true);
  changed.back() ^= 1;
  for (const auto& result : {check_mschap(response1(challenge, true), challenge, cleartext("MyPw"), calculator),
                             check_mschap(changed, challenge, nt_hash(), calculator),
                             check_mschap(response1(challenge, false), challenge, nt_hash(), calculator)}) {
    CHECK(result.finding == Finding::Wrong);
    CHECK(result.ident == 5);
    CHECK(octets(result.keys.octets) == std::vector<uint8_t>(24, 0));
  }
}

TEST_CASE("version 1 finds a response or challenge of another length malformed") {
  mschap::Calculator calculator(algorithms());
  const auto challenge = from_hex("102db5df085d3041");
  const auto response = response1(challenge, true);
  CHECK(check_mschap(mschap::Octets(response).first(49), challenge, nt_hash(), calculator).finding ==
        Finding::Malformed);
  CHECK(check_mschap(response, rfc_challenge, nt_hash(), calculator).finding == Finding::Malformed);
  CHECK(check_mschap(response, {}, nt_hash(), calculator).finding == Finding::Malformed);
}
