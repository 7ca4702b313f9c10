// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_definition.h"

#include "catch.h"
#include "packet/definitions.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("children are found by number, small and large, in whatever order they came") {
  Definitions definitions;
  AttributeDefinition parent;
  parent.type = DataType::Vendor;
  for (uint32_t number : {70000u, 255u, 0u, 256u, 1u, 4294967295u, 300u})
    definitions.add(parent, number, DataType::Text, "x");
  for (uint32_t number : {0u, 1u, 255u, 256u, 300u, 70000u, 4294967295u}) {
    INFO(number);
    REQUIRE(parent.child(number) != nullptr);
    CHECK(parent.child(number)->number == number);
  }
  for (uint32_t number : {2u, 254u, 257u, 299u, 69999u, 4294967294u}) {
    INFO(number);
    CHECK(parent.child(number) == nullptr);
  }
}

TEST_CASE("a child takes the place of one with its number") {
  Definitions definitions;
  for (uint32_t number : {5u, 5000u}) {
    AttributeDefinition parent;
    definitions.add(parent, number, DataType::Text, "first");
    definitions.add(parent, number, DataType::Text, "second");
    CHECK(parent.child(number)->name == "second");
  }
}

TEST_CASE("the top is the attribute of the root that holds one") {
  Definitions definitions;
  CHECK(&definitions.user_name.top() == &definitions.user_name);
  CHECK(&definitions.ms_tlv_number.top() == &definitions.vsa);
  CHECK(&definitions.tlv_tlv_text.top() == &definitions.extended_1);
  CHECK(&definitions.long_evs_octets.top() == &definitions.long_1);
}

TEST_CASE("Message-Authenticator and Proxy-State are the host's own, and nothing else is") {
  Definitions definitions;
  CHECK(definitions.add(definitions.root, 80, DataType::OctetString, "Message-Authenticator").host_owned());
  CHECK(definitions.add(definitions.root, 33, DataType::OctetString, "Proxy-State").host_owned());
  CHECK_FALSE(definitions.user_name.host_owned());
  CHECK_FALSE(definitions.add(definitions.microsoft, 80, DataType::OctetString, "MS-80").host_owned());
  CHECK_FALSE(definitions.add(definitions.extended_1, 33, DataType::OctetString, "Extended-33").host_owned());
}

TEST_CASE("the size of a vendor's header follows its format") {
  CHECK(VendorFormat{}.header_size() == 2);
  CHECK(VendorFormat{2, 1, false}.header_size() == 3);
  CHECK(VendorFormat{1, 0, false}.header_size() == 1);
  CHECK(VendorFormat{4, 0, false}.header_size() == 4);
  CHECK(VendorFormat{1, 1, true}.header_size() == 3);
}
