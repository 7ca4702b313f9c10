// SPDX-License-Identifier: Apache-2.0
/// Hidden values of received attributes are revealed when somebody looks.
#include "packet/received_fixture.h"
#include "packet/wire.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

// C-1, C-7, C-8
TEST_CASE_METHOD(ReceivedFixture, "hidden values are revealed", "[AUTH-9][AUTH-14]") {
  begin(joined({vector("C-1a").octets, vector("C-7a").octets, vector("C-7b").octets, vector("C-8a").octets}));
  CHECK(all() == "User-Password=" + to_hex(filled(15, 'a')) + " Tunnel-Password:1=" + to_hex(bytes("tunnelpw")) +
                     " Tunnel-Password:2=" + to_hex(bytes("0123456789abcdef")) + " MS-MPPE-Recv-Key=32 octets ");
  AttributeView view;
  REQUIRE(received.find(definitions.ms_receive_key, view));
  CHECK(to_hex(view.value) == "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f");
  CHECK(view.sensitive());
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "where values travel in the clear they are taken as they are", "[COD-24]") {
  begin(joined({unhex("020768656c6c6f"), unhex("450b0174756e6e656c7077"), unhex("450a74756e6e656c7077")}), false);
  // The first octet of Tunnel-Password is a tag even where it looks like data (COD-24).
  CHECK(all() == "User-Password=68656c6c6f Tunnel-Password:1=74756e6e656c7077 Tunnel-Password=756e6e656c7077 ");
}

TEST_CASE_METHOD(ReceivedFixture, "a hidden value of impossible size is invalid, and the others are revealed",
                 "[AUTH-10][AUTH-15]") {
  begin(joined({attribute(2, filled(17, 7)), attribute(69, filled(1, 1)), attribute(69, filled(20, 1)),
                attribute(69, {}), vector("C-1b").octets}));
  AttributeView view;
  int invalid = 0;
  for (bool more = received.first(view); more; more = received.next(view)) invalid += view.invalid;
  CHECK(invalid == 4);
  CHECK(found(definitions.user_password) == "User-Password=" + to_hex(filled(16, 'a')) + " ");
  CHECK(found(definitions.tunnel_password) == "");
}

TEST_CASE_METHOD(ReceivedFixture, "a value is revealed once and stays where it is until the end") {
  begin(vector("C-1a").octets);
  AttributeView first, second;
  REQUIRE(received.find(definitions.user_password, first));
  REQUIRE(received.find(definitions.user_password, second));
  CHECK(first.value.data() == second.value.data());
}

TEST_CASE_METHOD(ReceivedFixture,
                 "what was revealed is wiped at the end, and nothing of it is seen in the next packet") {
  begin(vector("C-1a").octets);
  AttributeView view;
  REQUIRE(received.find(definitions.user_password, view));
  CHECK(view.value.size() == 15);
  Octets revealed = view.value;
  received.end();
  auto wiped = filled(15, 'x');
  wipe_ended(wiped);
  CHECK(to_hex(revealed) == to_hex(wiped));  // the buffer is kept
  CHECK_FALSE(received.first(view));

  begin(joined({vector("C-1b").octets, unhex("4f03aa4f03bb")}));
  CHECK(all() == "User-Password=" + to_hex(filled(16, 'a')) + " EAP-Message=aabb ");
  begin("4f03cc");
  CHECK(all() == "EAP-Message=cc ");
}

TEST_CASE_METHOD(ReceivedFixture, "a packet full of hidden values is revealed to the last") {
  std::vector<uint8_t> attributes;
  for (int i = 0; i < 16; ++i) attributes = joined({attributes, vector("C-1d").octets, vector("C-7a").octets});
  begin(attributes);
  AttributeView view;
  int revealed = 0;
  for (bool more = received.first(view); more; more = received.next(view)) revealed += !view.invalid;
  CHECK(revealed == 32);
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "a hidden value that came in fragments is joined first, then revealed") {
  AttributeDefinition& secret_octets = definitions.add(definitions.long_1, 9, DataType::OctetString, "Long-Secret");
  secret_octets.hiding = Hiding::TunnelPassword;
  std::vector<uint8_t> clear = filled(239, 'x');
  std::vector<uint8_t> hidden(*hidden_size(Hiding::TunnelPassword, clear.size()) + 16);
  std::vector<uint8_t> value(hidden.size());
  hide(Hiding::TunnelPassword, clear, hidden, 1, key);
  begin(joined({fragment(245, 9, true, {hidden.begin(), hidden.begin() + 251}),
                fragment(245, 9, false, {hidden.begin() + 251, hidden.end()})}));
  AttributeView view;
  REQUIRE(received.find(secret_octets, view));
  CHECK(to_hex(view.value) == to_hex(clear));
}

// An invalid value is shown as received
TEST_CASE_METHOD(ReceivedFixture, "an invalid Tunnel-Password keeps its tag octet", "[COD-7]") {
  begin("4505018001");
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(view.invalid);
  CHECK(to_hex(view.value) == "018001");
  CHECK(view.tag == AttributeView::no_tag);
}

TEST_CASE_METHOD(ReceivedFixture, "what is hidden in a TLV is hidden on the way, and revealed") {
  AttributeList list;
  REQUIRE(!list.begin_group(definitions.wimax_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_number, unhex("0102")));
  REQUIRE(!list.add(definitions.wimax_tlv_key, unhex("a1a2a3")));
  REQUIRE(!list.begin_group(definitions.wimax_tlv_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_tlv_key, octets_of("secret")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.end_group());
  octets = encode(list, &key);
  const std::string clear = "WiMAX-Tlv= /WiMAX-Tlv-Number=0102 /WiMAX-Tlv-Key=a1a2a3 /WiMAX-Tlv-Tlv= ";
  CHECK(to_hex(octets).find("a1a2a3") == std::string::npos);
  CHECK(read(octets, &key).starts_with(clear));
  CHECK(read(octets, &key).ends_with("/WiMAX-Tlv-Tlv-Key=" + to_hex(octets_of("secret")) + " "));
  // Another secret reveals something else.
  HidingKey wrong{other_secret, authenticator};
  CHECK_FALSE(read(octets, &wrong).starts_with(clear));
  // RADIUS/1.1 hides nothing.
  std::vector<uint8_t> open = encode(list, nullptr);
  CHECK(read(open, nullptr).starts_with(clear));
}

TEST_CASE_METHOD(ReceivedFixture, "a hidden value in a TLV that cannot be one is invalid") {
  CHECK(read(unhex(wimax("060700 0204aabb")), &key) == "WiMAX-Tlv= /WiMAX-Tlv-Key!=aabb ");
}
