// SPDX-License-Identifier: Apache-2.0
/// Vendors' attributes are written: each in its vendor's format, those of a group in one Vendor-Specific attribute.
#include "packet/encode_fixture.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE_METHOD(EncodeFixture, "vendors' own formats are written") {
  add(definitions.ms_challenge, unhex("aabb"));
  CHECK(encoded() == hex_of("1a0a 00000137 0b04 aabb"));
  add(definitions.two_one_text, "abcd");
  CHECK(encoded() == hex_of("1a0d 000001ad 9001 07 61626364"));
  add(definitions.one_zero_octets, unhex("010203"));
  CHECK(encoded() == hex_of("1a0a 00000ced 07 010203"));
  add(definitions.four_zero_octets, unhex("aabbcc"));
  CHECK(encoded() == hex_of("1a0d 00002328 01020304 aabbcc"));
  add(definitions.two_two_octets, unhex("aabb"));
  CHECK(encoded() == hex_of("1a0c 00001fe4 012c 0006 aabb"));
  add(definitions.wimax_octets, unhex("aabb"));
  CHECK(encoded() == hex_of("1a0b 000060b5 05 05 00 aabb"));
}

TEST_CASE_METHOD(EncodeFixture, "the longest value of each vendor's format fills its attribute") {
  const std::pair<const AttributeDefinition*, size_t> rows[] = {{&definitions.ms_challenge, 247},
                                                                {&definitions.two_one_text, 246},
                                                                {&definitions.one_zero_octets, 248},
                                                                {&definitions.four_zero_octets, 245},
                                                                {&definitions.two_two_octets, 245}};
  for (auto [definition, maximum] : rows) {
    INFO(definition->name);
    add(*definition, filled(maximum, 'x'));
    std::vector<uint8_t> octets = unhex(encoded());
    CHECK(octets.size() == 255);
    decode(octets);
    CHECK(list.at(0).value.size() == maximum);
    list.clear();
  }
}

TEST_CASE_METHOD(EncodeFixture, "WiMAX values go on in another attribute, all but the last with the continuation bit") {
  add(definitions.wimax_octets, filled(246, 1));
  CHECK(encoded() == hex_of("1aff000060b5 05f900") + to_hex(filled(246, 1)));
  add(definitions.wimax_octets, filled(500, 1));
  CHECK(encoded() == hex_of("1aff000060b5 05f980") + to_hex(filled(246, 1)) + hex_of("1aff000060b5 05f980") +
                         to_hex(filled(246, 1)) + hex_of("1a11000060b5 050b00") + to_hex(filled(8, 1)));
}

TEST_CASE_METHOD(EncodeFixture, "a vendor's group shares one Vendor-Specific attribute", "[COD-16]") {
  begin_group(definitions.microsoft);
  REQUIRE(list.add_integer(definitions.ms_policy, 1) == done);
  add(definitions.ms_challenge, unhex("abcd"));
  end_group();
  CHECK(encoded() == hex_of("1a10 00000137 070600000001 0b04abcd"));

  begin_group(definitions.two_two);
  add(definitions.two_two_octets, unhex("aabb"));
  add(definitions.two_two_octets, unhex("ccdd"));
  end_group();
  CHECK(encoded() == hex_of("1a12 00001fe4 012c0006aabb 012c0006ccdd"));
}

TEST_CASE_METHOD(EncodeFixture,
                 "what does not fit the shared attribute begins another, and what is empty is left out") {
  begin_group(definitions.microsoft);
  add(definitions.ms_challenge, "");
  add(definitions.ms_challenge, filled(200, 1));
  add(definitions.ms_challenge, "");
  add(definitions.ms_challenge, filled(45, 2));
  add(definitions.ms_challenge, filled(46, 3));
  end_group();
  add(definitions.user_name, "bob");
  std::string octets = encoded();
  CHECK(octets == hex_of("1aff00000137") + "0bca" + to_hex(filled(200, 1)) + "0b2f" + to_hex(filled(45, 2)) +
                      hex_of("1a3600000137") + "0b30" + to_hex(filled(46, 3)) + "0105626f62");
}

TEST_CASE_METHOD(EncodeFixture, "a hidden value in a shared attribute is hidden too") {
  begin_group(definitions.microsoft);
  add(definitions.ms_send_key, filled(16, 1));
  add(definitions.ms_receive_key, filled(16, 2));
  end_group();
  std::vector<uint8_t> octets = unhex(encoded());
  CHECK(octets.size() == 6 + 2 * (2 + 2 + 32));
  decode(octets);
  REQUIRE(list.size() == 2);
  CHECK(to_hex(list.at(0).value) == to_hex(filled(16, 1)));
  CHECK(to_hex(list.at(1).value) == to_hex(filled(16, 2)));
  CHECK(to_hex(Octets(octets).subspan(8, 2)) != to_hex(Octets(octets).subspan(8 + 36, 2)));
}

TEST_CASE_METHOD(EncodeFixture, "attributes without a length of their own never share a Vendor-Specific attribute") {
  begin_group(definitions.four_zero);
  add(definitions.four_zero_octets, unhex("aabb"));
  add(definitions.four_zero_octets, unhex("ccdd"));
  end_group();
  CHECK(encoded() == hex_of("1a0c 00002328 01020304 aabb 1a0c 00002328 01020304 ccdd"));
}

TEST_CASE_METHOD(EncodeFixture, "an EVS attribute holds one vendor attribute, in a group too", "[COD-23]") {
  REQUIRE(list.begin_group(definitions.evs_vendor) == done);
  add(definitions.evs_text, "one");
  add(definitions.evs_text, "two");
  end_group();
  CHECK(encoded() == hex_of("f10b 1a 00000001 04 6f6e65 f10b 1a 00000001 04 74776f"));
}

TEST_CASE_METHOD(EncodeFixture,
                 "what is left of a vendor's group after a removal does not corrupt the attribute before it") {
  add(definitions.user_name, "bob");
  begin_group(definitions.microsoft);
  REQUIRE(list.add_integer(definitions.ms_policy, 1) == done);
  add(definitions.ms_challenge, unhex("abcd"));
  end_group();
  list.remove(definitions.ms_policy);
  CHECK(encoded() == hex_of("0105626f62 1a0a 00000137 0b04abcd"));
}

TEST_CASE_METHOD(EncodeFixture, "a continued vendor's format with two type octets is followed") {
  AttributeDefinition& vendor = definitions.add(definitions.vsa, 77, DataType::Vendor, "Two-One-C");
  vendor.format = {2, 1, true};
  AttributeDefinition& octets = definitions.add(vendor, 0x0102, DataType::OctetString, "Two-One-C-Octets");
  add(octets, filled(246, 1));
  CHECK(encoded() ==
        hex_of("1aff 0000004d 0102f980") + to_hex(filled(245, 1)) + hex_of("1a0b 0000004d 01020500") + "01");
}
