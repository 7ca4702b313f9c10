// SPDX-License-Identifier: Apache-2.0
#include "packet/split_values.h"

#include "packet/received_fixture.h"
#include "packet/wire.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

//
TEST_CASE_METHOD(ReceivedFixture, "fragments are joined before they are read", "[COD-19][COD-23]") {
  begin(vector("A-6.17").octets);
  AttributeView view;
  REQUIRE(received.find(definitions.long_octets, view));
  // The print has 266 octets: hexadecimal digits "a", "b" and "c", 251, 251 and 30 of them.
  std::string digits = std::string(251, 'a') + std::string(251, 'b') + std::string(30, 'c');
  CHECK(to_hex(view.value) == digits);
  CHECK_FALSE(received.next(view));

  begin(vector("A-6.18").octets);
  REQUIRE(received.find(definitions.long_evs_octets, view));
  CHECK(to_hex(view.value) == digits);
  CHECK(view.vendor == 1);
  CHECK(view.type == 6);
  CHECK_FALSE(received.next(view));
}

// D-3
TEST_CASE_METHOD(ReceivedFixture, "fragments are joined when other attributes stand between them", "[COD-19]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), unhex("0105626f62"), fragment(245, 1, false, bytes("x")),
                fragment(245, 4, true, filled(251, 2)), unhex("0406c0000201"), fragment(245, 4, false, filled(3, 3))}));
  CHECK(all() == "Long-Octets=505 octets User-Name=626f62 Long-Text=78 NAS-IP-Address=c0000201 ");
  AttributeView view;
  REQUIRE(received.find(definitions.long_octets, view));
  CHECK(to_hex(view.value) == to_hex(joined({filled(251, 1), filled(251, 2), filled(3, 3)})));
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "two fragmented values of different types may be interleaved", "[COD-19]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), fragment(245, 1, true, filled(251, 'a')),
                fragment(245, 4, false, filled(1, 2)), fragment(245, 1, false, filled(2, 'b'))}));
  CHECK(all() == "Long-Octets=252 octets Long-Text=253 octets ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "a value behind a complete one of the same type is a value of its own", "[COD-19]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), fragment(245, 4, false, filled(2, 2)),
                fragment(245, 4, false, filled(3, 3)), fragment(245, 4, true, filled(251, 4)),
                fragment(245, 4, false, filled(4, 5))}));
  CHECK(all() == "Long-Octets=253 octets Long-Octets=030303 Long-Octets=255 octets ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "one fragmented value may fill a packet", "[COD-19]") {
  std::vector<uint8_t> attributes;
  for (int i = 0; i < 15; ++i)
    attributes = joined({attributes, fragment(245, 4, true, filled(251, static_cast<uint8_t>(i)))});
  attributes = joined({attributes, fragment(245, 4, false, filled(247, 15))});
  REQUIRE(attributes.size() == 15 * 255 + 251);
  begin(attributes);
  CHECK(all() == "Long-Octets=4012 octets ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "More without a fragment that follows is invalid", "[COD-18]") {
  begin(joined({unhex("0105626f62"), fragment(245, 4, true, filled(251, 1))}));
  CHECK(all() == "User-Name=626f62 Extended-Attribute-5!=253 octets ");
  CHECK(found(definitions.long_octets) == "");
}

// What comes first does not depend on what was looked at first
TEST_CASE_METHOD(ReceivedFixture, "going on from the middle of a packet gives no part of a value that begins before it",
                 "[COD-15][COD-19]") {
  begin("4f03aa 0105626f62 4f03bb");
  AttributeView view;
  REQUIRE(received.find(definitions.user_name, view));
  CHECK_FALSE(received.find_next(definitions.user_name, view));
  CHECK(found(definitions.eap_message) == "EAP-Message=aabb ");
  CHECK(all() == "EAP-Message=aabb User-Name=626f62 ");

  begin(joined({fragment(245, 4, true, filled(251, 1)), unhex("0105626f62"), fragment(245, 4, false, filled(1, 2))}));
  REQUIRE(received.find(definitions.user_name, view));
  CHECK_FALSE(received.next(view));
  CHECK(found(definitions.long_octets) == "Long-Octets=252 octets ");
}

// Looking again and again from other places takes no more memory
TEST_CASE_METHOD(ReceivedFixture, "a packet of fragments may be walked through from any attribute, in any order",
                 "[COD-19]") {
  std::vector<uint8_t> attributes;
  std::vector<const AttributeDefinition*> markers;
  for (uint8_t i = 0; i < 14; ++i) {
    uint8_t type = static_cast<uint8_t>(210 + i);
    markers.push_back(&definitions.add(definitions.root, type, DataType::OctetString, "Marker"));
    attributes = joined({attributes, fragment(245, 4, true, filled(251, i)), attribute(type, filled(1, i))});
  }
  begin(joined({attributes, fragment(245, 4, false, filled(1, 99))}));
  for (auto marker = markers.rbegin(); marker != markers.rend(); ++marker) {
    AttributeView view;
    REQUIRE(received.find(**marker, view));
    while (received.next(view)) CHECK(view.definition != &definitions.long_octets);
  }
  CHECK(found(definitions.long_octets) == "Long-Octets=3515 octets ");
}

// All fragments are invalid, and none is lost
TEST_CASE_METHOD(ReceivedFixture, "fragments that never end are all shown, each of them invalid", "[COD-18]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), unhex("0105626f62"), fragment(245, 4, true, filled(251, 2))}));
  CHECK(all() == "Extended-Attribute-5!=253 octets User-Name=626f62 Extended-Attribute-5!=253 octets ");
  CHECK(all() == "Extended-Attribute-5!=253 octets User-Name=626f62 Extended-Attribute-5!=253 octets ");
}

TEST_CASE_METHOD(ReceivedFixture, "a fragment with More that is not 255 long spoils its value", "[COD-18]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), fragment(245, 4, true, filled(3, 2)),
                fragment(245, 4, false, filled(3, 3))}));
  CHECK(found(definitions.long_octets) == "");
  // None of the three is lost, the last one neither, which alone would be in order.
  AttributeView view;
  size_t seen = 0;
  for (bool more = received.first(view); more; more = received.next(view)) {
    CHECK(view.invalid);
    ++seen;
  }
  CHECK(seen == 3);
}

TEST_CASE_METHOD(ReceivedFixture, "a value with the continuation bit goes on in the vendor's next sub-attribute") {
  CHECK(all_of(wimax("050580aabb") + wimax("050400cc")) == "WiMAX-Octets=aabbcc ");
  CHECK(all_of(wimax("050580aabb") + "0103aa" + wimax("050480cc") + wimax("050400dd")) ==
        "WiMAX-Octets=aabbccdd User-Name=aa ");
  CHECK(all_of(wimax("050480aa050400bb050400cc")) == "WiMAX-Octets=aabb WiMAX-Octets=cc ");
  CHECK(all_of(wimax("090480aa") + wimax("090400bb")) == "?24757.26.9=aabb ");
}

TEST_CASE_METHOD(ReceivedFixture, "a value whose continuation does not come is invalid, as it lies there") {
  std::string lone = wimax("050480aa");
  CHECK(all_of(lone) == "Vendor-Specific!=" + lone.substr(4) + " ");
  std::string other = wimax("060400ff");
  CHECK(all_of(lone + other + wimax("050400bb")) ==
        "Vendor-Specific!=" + lone.substr(4) + " WiMAX-Tlv!=ff WiMAX-Octets=bb ");
}
