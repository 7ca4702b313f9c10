// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_view.h"

#include "catch.h"
#include "packet/definitions.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// The TLVs in a value, as "type=hex", with "!" behind invalid ones.
std::string tlvs_of(const AttributeDefinition* parent, std::string_view digits) {
  std::vector<uint8_t> value = unhex(digits);
  std::string seen;
  AttributeView child;
  while (next_tlv(parent, value, child))
    seen += std::to_string(child.type) + "=" + to_hex(child.value) + (child.invalid ? "! " : " ");
  return seen;
}

}  // namespace

TEST_CASE("TLVs fill a value when every TLV-Length does", "[COD-21][COD-22]") {
  CHECK(tlvs_fill({}));
  CHECK(tlvs_fill(unhex("010300")));
  CHECK(tlvs_fill(unhex("01042345 02046789")));
  CHECK(tlvs_fill(joined({unhex("01ff"), filled(253, 0)})));
}

// C-14k, C-14l
TEST_CASE("a TLV-Length of 0 to 2, one that overruns, and a stray octet do not", "[COD-21][COD-22]") {
  for (const char* bad :
       {"01", "0100", "0101", "0102", "01052345", "01042345 0204ff", "01042345 02", "01042345 0202"}) {
    INFO(bad);
    CHECK_FALSE(tlvs_fill(unhex(bad)));
  }
}

TEST_CASE("TLVs are seen one after the other, with their definitions") {
  Definitions definitions;
  CHECK(tlvs_of(&definitions.extended_tlv, "01042345 02046789") == "1=2345 2=6789 ");
  CHECK(tlvs_of(nullptr, "01042345 02046789") == "1=2345 2=6789 ");
  CHECK(tlvs_of(&definitions.extended_tlv, "") == "");

  std::vector<uint8_t> value = unhex("030b 0104abcd 0205666f6f");
  AttributeView outer;
  REQUIRE(next_tlv(&definitions.extended_tlv, value, outer));
  CHECK(outer.definition == &definitions.tlv_tlv);
  CHECK_FALSE(outer.invalid);
  AttributeView inner;
  REQUIRE(next_tlv(outer.definition, outer.value, inner));
  CHECK(inner.definition == &definitions.tlv_tlv_octets);
  CHECK(to_hex(inner.value) == "abcd");
  REQUIRE(next_tlv(outer.definition, outer.value, inner));
  CHECK(inner.definition == &definitions.tlv_tlv_text);
  CHECK(text_of(inner.value) == "foo");
  CHECK_FALSE(next_tlv(outer.definition, outer.value, inner));
}

// with another Extended-Type
TEST_CASE("TLVs are seen five deep", "[COD-22]") {
  Definitions definitions;
  AttributeDefinition& outermost = definitions.add(definitions.extended_1, 9, DataType::Tlv, "Outermost");
  const AttributeDefinition& innermost = definitions.add_nested(outermost, 5);
  const AttributeDefinition* parent = &outermost;
  std::vector<uint8_t> octets = unhex("010c 020a 0308 0406 0504 cdef");
  Octets value(octets);
  for (uint32_t level = 1; level <= 5; ++level) {
    INFO(level);
    AttributeView child;
    REQUIRE(next_tlv(parent, value, child));
    CHECK(child.type == level);
    CHECK_FALSE(child.invalid);
    parent = child.definition;
    value = child.value;
  }
  CHECK(parent == &innermost);
  CHECK(to_hex(value) == "cdef");
}

TEST_CASE("a bad TLV does not spoil its siblings", "[COD-22]") {
  Definitions definitions;
  CHECK(tlvs_of(&definitions.ms_tlv, "010301 01040002 0903ff") == "1=01! 1=0002 9=ff ");
  // The nested one is not filled by its TLVs; the one after it is fine.
  CHECK(tlvs_of(&definitions.extended_tlv, "030601052345 01042345") == "3=01052345! 1=2345 ");
}

TEST_CASE("a TLV of a vendor's attribute belongs to the vendor") {
  Definitions definitions;
  AttributeView child;
  std::vector<uint8_t> value = unhex("01040002");
  REQUIRE(next_tlv(&definitions.ms_tlv, value, child));
  CHECK(child.vendor == 311);
  CHECK(child.type == 1);
}

TEST_CASE("reading TLVs ends where the octets make none") {
  CHECK(tlvs_of(nullptr, "01042345 0209ff") == "1=2345 ");
  CHECK(tlvs_of(nullptr, "01") == "");
  CHECK(tlvs_of(nullptr, "0102") == "");
  AttributeView beyond;
  beyond.cursor = 1000;
  CHECK_FALSE(next_tlv(nullptr, unhex("010300"), beyond));
}

TEST_CASE("a TLV of another size than its definition's is invalid") {
  Definitions definitions;
  AttributeDefinition& exact = definitions.add(definitions.extended_tlv, 9, DataType::OctetString, "Tlv-Exact");
  exact.exact_size = 2;
  CHECK(tlvs_of(&definitions.extended_tlv, "0904aabb 0903aa 0905aabbcc") == "9=aabb 9=aa! 9=aabbcc! ");
}
