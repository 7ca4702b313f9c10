// SPDX-License-Identifier: Apache-2.0
#include "../chap.h"

#include "catch.h"
#include "hex.h"

using password::check_chap;
using password::Finding;
using password::Known;

namespace {

// RFC 2865 §7.2.
const std::vector<uint8_t> rfc_authenticator = from_hex("2aee86f08d0d55969ca5978e0d3367a2");
const std::vector<uint8_t> rfc_response = from_hex("16 e97557c316185895f293ff6344077275");

Known cleartext(std::string_view password) {
  Known known;
  known.cleartext = password;
  return known;
}

}  // namespace

TEST_CASE("CHAP's response of RFC 2865 is right, and one of another password or challenge is wrong", "[AUTH-12]") {
  CHECK(check_chap(rfc_response, rfc_authenticator, cleartext("arctangent")) == Finding::Right);
  CHECK(check_chap(rfc_response, rfc_authenticator, cleartext("arctangenT")) == Finding::Wrong);
  CHECK(check_chap(rfc_response, from_hex("00"), cleartext("arctangent")) == Finding::Wrong);
  CHECK(check_chap(rfc_response, rfc_authenticator, cleartext("arctangent")) == Finding::Right);
}

TEST_CASE("every octet of a CHAP response counts, the identifier too", "[AUTH-12]") {
  for (size_t i = 0; i < rfc_response.size(); ++i) {
    auto changed = rfc_response;
    changed[i] ^= 0x80;
    CHECK(check_chap(changed, rfc_authenticator, cleartext("arctangent")) == Finding::Wrong);
  }
}

TEST_CASE("a CHAP response of another length, or without a challenge, is malformed", "[AUTH-12]") {
  auto longer = rfc_response;
  longer.push_back(0);
  CHECK(check_chap(longer, rfc_authenticator, cleartext("arctangent")) == Finding::Malformed);
  CHECK(check_chap(password::Octets(rfc_response).first(16), rfc_authenticator, cleartext("arctangent")) ==
        Finding::Malformed);
  CHECK(check_chap({}, rfc_authenticator, cleartext("arctangent")) == Finding::Malformed);
  CHECK(check_chap(rfc_response, {}, cleartext("arctangent")) == Finding::Malformed);
}

TEST_CASE("CHAP needs a clear-text password; a hash will not do", "[AUTH-13]") {
  const auto hash = from_hex("44ebba8d5312b8d611474411f56989ae");
  Known known;
  known.crypt = "$5$saltsalt$v6vRXiHyiLF2WS2K4NBjHGESesVOsxE1t4Of0sPLbqD";
  known.nt_hash = std::span<const uint8_t, 16>(hash.data(), 16);
  CHECK(check_chap(rfc_response, rfc_authenticator, known) == Finding::NothingKnown);
}
