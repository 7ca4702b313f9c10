// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include "catch.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

namespace {

std::string digest(std::string_view text) { return to_hex(md5({octets_of(text)})); }

std::string hmac(const std::vector<uint8_t>& secret, Octets data) {
  return to_hex(hmac_md5(HmacMd5Key(secret), {data}));
}

}  // namespace

TEST_CASE("MD5 gives what RFC 1321 §A.5 prints") {
  CHECK(digest("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(digest("a") == "0cc175b9c0f1b6a831c399e269772661");
  CHECK(digest("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(digest("message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(digest("abcdefghijklmnopqrstuvwxyz") == "c3fcd3d76192e4007dfb496cca67e13b");
  CHECK(digest("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == "d174ab98d277d9f5a5611c2c9f419d9f");
  CHECK(digest("12345678901234567890123456789012345678901234567890123456789012345678901234567890") ==
        "57edf4a22be3c955ac49da2e2107b67a");
}

TEST_CASE("HMAC-MD5 gives what RFC 2202 §2 prints") {
  CHECK(hmac(filled(16, 0x0b), octets_of("Hi There")) == "9294727a3638bb1c13f48ef8158bfc9d");
  CHECK(hmac(bytes("Jefe"), octets_of("what do ya want for nothing?")) == "750c783e6ab0b503eaa86e310a5db738");
  CHECK(hmac(filled(16, 0xaa), filled(50, 0xdd)) == "56be34521d144c88dbb8c733f0e8b3f6");
  CHECK(hmac(unhex("0102030405060708090a0b0c0d0e0f10111213141516171819"), filled(50, 0xcd)) ==
        "697eaf0aca3a3aea3a75164746ffaa79");
  CHECK(hmac(filled(16, 0x0c), octets_of("Test With Truncation")) == "56461ef2342edc00f9bab995690efd4c");
  CHECK(hmac(filled(80, 0xaa), octets_of("Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  CHECK(
      hmac(filled(80, 0xaa), octets_of("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data")) ==
      "6f630fad67cda0ee1fb1f562db3aa53e");
}

TEST_CASE("a key of exactly one block is taken as it is, one octet more is digested first") {
  std::vector<uint8_t> block = filled(64, 'k');
  std::vector<uint8_t> longer = filled(65, 'k');
  Digest16 digested = md5({Octets(longer)});
  CHECK(hmac(longer, octets_of("x")) == hmac({digested.begin(), digested.end()}, octets_of("x")));
  CHECK(hmac(block, octets_of("x")) != hmac(longer, octets_of("x")));
}

TEST_CASE("where the parts are cut does not matter") {
  CHECK(to_hex(md5({octets_of("message"), {}, octets_of(" "), octets_of("digest")})) == digest("message digest"));
  HmacMd5Key key(octets_of("Jefe"));
  CHECK(to_hex(hmac_md5(key, {octets_of("what do ya want "), octets_of("for nothing?")})) ==
        "750c783e6ab0b503eaa86e310a5db738");
}

TEST_CASE("a key serves again and again") {
  HmacMd5Key key(octets_of("Jefe"));
  for (int i = 0; i < 3; ++i) {
    CHECK(to_hex(hmac_md5(key, {octets_of("what do ya want for nothing?")})) == "750c783e6ab0b503eaa86e310a5db738");
    hmac_md5(key, {octets_of("something else")});
  }
}
