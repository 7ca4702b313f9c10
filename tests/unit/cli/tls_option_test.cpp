// SPDX-License-Identifier: Apache-2.0
#include "cli/tls_option.h"

#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;

namespace {

const std::string hex = "000102030405060708090a0b0c0d0e0f";

std::string key_of(const Result<TlsPsk, std::string>& psk) {
  REQUIRE(psk.ok());
  return to_hex(psk->key);
}

}  // namespace

TEST_CASE("a pre-shared key has an identity, which may have colons, and hexadecimal digits") {
  auto psk = parse_psk("a:b:" + hex);
  CHECK(key_of(psk) == hex);
  CHECK(psk->identity == "a:b");
}

TEST_CASE("a key's file holds hexadecimal digits, or the octets themselves") {
  test::TemporaryFolder folder;
  CHECK(key_of(parse_psk("me:@" + folder.write("digits", hex + "\n"))) == hex);
  std::string octets = "\x01\x80 sixteen octets";
  CHECK(key_of(parse_psk("me:@" + folder.write("octets", octets))) == to_hex(octets_of(octets)));
  CHECK(!parse_psk("me:@/no/such/file").ok());
}

TEST_CASE("a pre-shared key that is none is refused, and not told") {
  std::string wrong[] = {hex,
                         ":" + hex,
                         "me:" + hex.substr(2),
                         "me:" + hex + "0",
                         "me:xy" + hex,
                         std::string(129, 'i') + ":" + hex,
                         "me:" + std::string(2 * 257, 'a')};
  for (const std::string& text : wrong) {
    INFO(text);
    auto psk = parse_psk(text);
    REQUIRE(!psk.ok());
    CHECK(psk.error().find(hex.substr(2)) == std::string::npos);
  }
  CHECK(parse_psk("me:" + std::string(2 * 256, 'a')).ok());
  CHECK(parse_psk(std::string(128, 'i') + ":" + hex).ok());
}
