// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute.h"

#include "catch.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("a range gives type, value and offset of each attribute, in order") {
  std::vector<uint8_t> octets = unhex("0105626f62 0402 c803ff");
  std::string seen;
  for (Attribute attribute : AttributeRange(octets))
    seen +=
        std::to_string(attribute.type) + "@" + std::to_string(attribute.offset) + "=" + to_hex(attribute.value) + " ";
  CHECK(seen == "1@0=626f62 4@5= 200@7=ff ");
}

TEST_CASE("a range of nothing has no attributes") {
  AttributeRange range({});
  CHECK_FALSE(range.begin() != range.end());
}

TEST_CASE("a range goes on from any attribute's offset, the end included") {
  std::vector<uint8_t> octets = unhex("0105626f62 0402 c803ff");
  AttributeRange range(octets);
  CHECK((*range.at(5)).type == 4);
  CHECK((*range.at(7)).type == 200);
  CHECK_FALSE(range.at(10) != range.end());
}

TEST_CASE("attributes fill their octets when every Length does", "[COD-6]") {
  CHECK(attributes_fill({}));
  CHECK(attributes_fill(unhex("0102")));
  CHECK(attributes_fill(unhex("0105626f62 0402 c803ff")));
  CHECK(attributes_fill(joined({unhex("01ff"), filled(253, 0)})));
}

TEST_CASE("a Length of 0 or 1, one beyond the end, and a stray octet do not fill") {
  for (const char* bad : {"01", "0100", "0101", "0103", "0105626f", "0102 01", "0105626f62 04", "01ff00"}) {
    INFO(bad);
    CHECK_FALSE(attributes_fill(unhex(bad)));
  }
}
