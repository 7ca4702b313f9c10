// SPDX-License-Identifier: Apache-2.0
#include "../credential.h"

#include "catch.h"

using files::CredentialKind;
using files::read_credential;

namespace {

constexpr std::string_view sha256 = "$5$saltsalt$v6vRXiHyiLF2WS2K4NBjHGESesVOsxE1t4Of0sPLbqD";
constexpr std::string_view sha512 =
    "$6$rounds=1000$saltsalt$zduY8MuI1gDsL0wPD.A2UVPT8eOAfyWbjuC0x3gN9lkPBp4p80xx7E0bMy."
    "4ArZ9wLJjS1QVZMsWt7egIDgte.";
constexpr std::string_view yescrypt = "$y$j9T$saltsaltsalt$ze8c8ULwesCN4Br13rLbXhyH65/LMlqN43xgmgvUsg.";

std::string fault_of(CredentialKind kind, std::string_view written) {
  const auto result = read_credential(kind, written);
  return result.octets ? "" : result.fault;
}

}  // namespace

TEST_CASE("a password is taken as it is, an empty one too") {
  CHECK(read_credential(CredentialKind::Cleartext, "0xff $6$").octets == "0xff $6$");
  CHECK(read_credential(CredentialKind::Cleartext, "").octets == "");
}

TEST_CASE("whole crypt hashes of the three methods are taken") {
  for (const std::string_view hash : {sha256, sha512, yescrypt})
    CHECK(read_credential(CredentialKind::Crypt, hash).octets == hash);
}

TEST_CASE("other methods, and hashes that were cut short or changed, are not") {
  for (const std::string_view hash : {"", "plain", "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "6$x$y", "$6"})
    CHECK(fault_of(CredentialKind::Crypt, hash) == "a crypt hash begins with $5$, $6$ or $y$");
  for (const std::string_view hash : {sha256, sha512, yescrypt}) {
    CHECK(fault_of(CredentialKind::Crypt, hash.substr(0, hash.size() - 1)) == "this crypt hash is not complete");
    CHECK(fault_of(CredentialKind::Crypt, std::string(hash) + "a") == "this crypt hash is not complete");
    CHECK(fault_of(CredentialKind::Crypt, std::string(hash.substr(0, hash.size() - 1)) + "!") ==
          "this crypt hash is not complete");
  }
  CHECK(fault_of(CredentialKind::Crypt, "$5$v6vRXiHyiLF2WS2K4NBjHGESesVOsxE1t4Of0sPLbqD") ==
        "this crypt hash is not complete");
}

TEST_CASE("an NT hash is 32 digits in either case, which become 16 octets") {
  const std::string octets = "\x44\xeb\xba\x8d\x53\x12\xb8\xd6\x11\x47\x44\x11\xf5\x69\x89\xae";
  CHECK(read_credential(CredentialKind::NtHash, "44ebba8d5312b8d611474411f56989ae").octets == octets);
  CHECK(read_credential(CredentialKind::NtHash, "44EBBA8D5312B8D611474411F56989AE").octets == octets);
  for (const std::string_view hash :
       {"", "44ebba8d5312b8d611474411f56989a", "44ebba8d5312b8d611474411f56989ae0", "44ebba8d5312b8d611474411f56989ag"})
    CHECK(fault_of(CredentialKind::NtHash, hash) == "an NT hash is 32 hexadecimal digits");
}
