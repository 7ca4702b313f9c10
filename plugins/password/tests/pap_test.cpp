// SPDX-License-Identifier: Apache-2.0
#include "../pap.h"

#include "catch.h"
#include "hex.h"

#include <string>

using password::check_pap;
using password::Finding;
using password::Known;

namespace {

// crypt(3)'s strings for "clientPass".
constexpr std::string_view sha256 = "$5$saltsalt$v6vRXiHyiLF2WS2K4NBjHGESesVOsxE1t4Of0sPLbqD";
constexpr std::string_view sha512 =
    "$6$saltsalt$pWfg.DA4QDnr9Xz75EIbfqQsx8lsKpLvQ1u5GeDXWmiGMMRmXsjMWu/FnMtuXddZKN1JCMfQkbQ/5QphBuBMU/";
constexpr std::string_view yescrypt = "$y$j75$saltsalt$mGgNqavn8.9/.r4238B42kyV.RAIaQ1cXyU5wvAg09C";

Finding check(std::string_view password, const Known& known) {
  static const mschap::Algorithms algorithms;
  mschap::Calculator calculator(algorithms);
  password::Crypt crypt;
  return check_pap(password, known, &calculator, crypt);
}

Known with_crypt(std::string_view hash) {
  Known known;
  known.crypt = hash;
  return known;
}

}  // namespace

TEST_CASE("a clear-text password is compared octet for octet") {
  Known known;
  known.cleartext = "arctangent";
  CHECK(check("arctangent", known) == Finding::Right);
  for (const std::string_view wrong : {"arctangenT", "arctangen", "arctangents", "", "Arctangent"})
    CHECK(check(wrong, known) == Finding::Wrong);
  CHECK(check(std::string_view("arctangent\0", 11), known) == Finding::Wrong);
}

TEST_CASE("an NT hash is made from the password") {
  const auto hash = from_hex("44ebba8d5312b8d611474411f56989ae");
  Known known;
  known.nt_hash = std::span<const uint8_t, 16>(hash.data(), 16);
  CHECK(check("clientPass", known) == Finding::Right);
  CHECK(check("clientpass", known) == Finding::Wrong);
  CHECK(check("\xff\xfe", known) == Finding::Wrong);

  password::Crypt crypt;
  CHECK(check_pap("clientPass", known, nullptr, crypt) == Finding::Unavailable);
}

TEST_CASE("every kind of crypt hash is checked by its own method") {
  for (const std::string_view hash : {sha256, sha512, yescrypt}) {
    CHECK(check("clientPass", with_crypt(hash)) == Finding::Right);
    CHECK(check("clientPasS", with_crypt(hash)) == Finding::Wrong);
    CHECK(check("", with_crypt(hash)) == Finding::Wrong);
  }
}

TEST_CASE("crypt takes no password for its part before a NUL") {
  CHECK(check(std::string_view("clientPass\0x", 12), with_crypt(sha256)) == Finding::Wrong);
  CHECK(check(std::string_view("clientPass\0", 11), with_crypt(sha256)) == Finding::Wrong);
}

TEST_CASE("no password fits a hash that is none") {
  CHECK(check("clientPass", with_crypt("")) == Finding::Wrong);
  CHECK(check("*0", with_crypt("*0")) == Finding::Wrong);
  CHECK(check("clientPass", with_crypt("$6$saltsalt")) == Finding::Wrong);
  CHECK(check("clientPass", with_crypt(std::string(1000, 'a'))) == Finding::Wrong);
  CHECK(check(std::string(300, 'a'), with_crypt(sha256)) == Finding::Wrong);
}

TEST_CASE("a user of whom nothing is known is not let in, not even without a password") {
  CHECK(check("clientPass", {}) == Finding::NothingKnown);
  CHECK(check("", {}) == Finding::NothingKnown);
}
