// SPDX-License-Identifier: Apache-2.0
#include "packet/sub_attribute.h"

#include "catch.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("a sub-attribute is taken in its vendor's format") {
  struct Row {
    VendorFormat format;
    const char* octets;
    uint32_t type;
    const char* value;
    size_t size;
  };
  for (const Row& row :
       {Row{{1, 1, false}, "0105aabbcc99", 1, "aabbcc", 5}, Row{{2, 1, false}, "900104aa99", 0x9001, "aa", 4},
        Row{{2, 2, false}, "012c0006aabb99", 300, "aabb", 6}, Row{{4, 0, false}, "01020304aa99", 0x01020304, "aa99", 6},
        Row{{1, 1, true}, "0504007799", 5, "77", 4}, Row{{1, 0, false}, "07aa", 7, "aa", 2}}) {
    INFO(row.octets);
    std::vector<uint8_t> octets = unhex(row.octets);
    auto sub = take_sub_attribute(octets, row.format);
    REQUIRE(sub);
    CHECK(sub->type == row.type);
    CHECK(to_hex(sub->value) == row.value);
    CHECK(sub->size == row.size);
    CHECK_FALSE(sub->more);
  }
}

TEST_CASE("only the top bit of the continuation octet says that more follows") {
  VendorFormat wimax{1, 1, true};
  for (int octet = 0; octet < 256; ++octet) {
    std::vector<uint8_t> octets{5, 4, static_cast<uint8_t>(octet), 0x77};
    CHECK(take_sub_attribute(octets, wimax)->more == (octet >= 0x80));
  }
}

TEST_CASE("what is too short, or longer than its place, is no sub-attribute") {
  for (const char* octets : {"", "01", "0101", "0103", "0104aa"}) {
    INFO(octets);
    CHECK_FALSE(take_sub_attribute(unhex(octets), {1, 1, false}));
    CHECK_FALSE(sub_attributes_fill(unhex(octets), {1, 1, false}));
  }
  CHECK_FALSE(take_sub_attribute(unhex("050200"), {1, 1, true}));
  CHECK(sub_attributes_fill(unhex("0103aa0202"), {1, 1, false}));
  CHECK_FALSE(sub_attributes_fill(unhex("0103aa02"), {1, 1, false}));
}
