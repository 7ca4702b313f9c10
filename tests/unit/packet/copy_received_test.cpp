// SPDX-License-Identifier: Apache-2.0
/// Received attributes become a list.
#include "packet/codec_fixture.h"
#include "packet/wire.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE_METHOD(CodecFixture, "what cannot be understood is copied as it lies there") {
  const std::string full_fragment = "f5ff0980" + std::string(2 * 251, 'a');
  for (const std::string& octets : {std::string("c803ff"),                          // unknown
                                    std::string("0403aa"),                          // invalid
                                    std::string("0102"),                            // empty text
                                    std::string("1a0900000009010311"),              // an unknown vendor
                                    std::string("1a0d0000013763031107040000"),      // an unknown one and an invalid one
                                    std::string("1a0f00000137630311070600000001"),  // one unknown of two
                                    std::string("f1040900"),                        // unknown extended
                                    std::string("f5040080"),                        // a fragment alone
                                    full_fragment + "0103aa" + "f5050900ff",        // unknown long-extended
                                    wimax("050480aa") + wimax("050400bb"),          // a vendor's split value
                                    wimax("050480aa")}) {                           // a part of one
    INFO(octets);
    std::vector<uint8_t> sent = unhex(octets);
    REQUIRE(attributes_fill(sent));
    CHECK(to_hex(encode(copy(sent), &key)) == octets);
  }
}

/// RFC 2869 §5.16 forbids to send it; what is copied is not made here.
TEST_CASE_METHOD(CodecFixture, "an Acct-Interim-Interval below a minute is copied") {
  CHECK(to_hex(encode(copy(unhex("550600000001")), &key)) == "550600000001");
}

TEST_CASE_METHOD(CodecFixture, "what is understood is copied by its value, and hidden anew") {
  AttributeList list;
  REQUIRE(!list.add(definitions.user_password, octets_of("secret")));
  REQUIRE(!list.add(definitions.tunnel_password, octets_of("other secret"), 3));
  REQUIRE(!list.begin_group(definitions.microsoft));
  REQUIRE(!list.add(definitions.ms_send_key, unhex("a1a2a3")));
  REQUIRE(!list.add(definitions.ms_policy, unhex("00000001")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.begin_group(definitions.wimax_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_key, unhex("b1b2")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.add(definitions.long_octets, filled(600, 7)));
  std::vector<uint8_t> octets = encode(list, &key);

  HidingKey to{other_secret, authenticator};
  std::vector<uint8_t> again = encode(copy(octets), &to);
  CHECK(again != octets);
  CHECK(again.size() == octets.size());
  CHECK(read(again, &to) == read(octets, &key));
  CHECK(read(again, &key) != read(octets, &key));
}
