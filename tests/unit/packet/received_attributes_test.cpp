// SPDX-License-Identifier: Apache-2.0
#include "packet/received_attributes.h"

#include "catch.h"
#include "packet/definitions.h"
#include "packet/packet.h"
#include "support/hex.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture {
  Definitions definitions;
  DigestLibrary library;
  Md5 md5{library};
  SharedSecret secret{octets_of("xyzzy5461"), md5};
  std::vector<uint8_t> authenticator = unhex("000102030405060708090a0b0c0d0e0f");
  HidingKey key{secret, authenticator, md5};
  ReceivedAttributes received;
  std::vector<uint8_t> octets;

  void begin(std::vector<uint8_t> attributes, bool hides = true) {
    octets = std::move(attributes);
    REQUIRE(attributes_fill(octets));
    received.begin(octets, definitions.root, hides ? &key : nullptr);
  }
  void begin(const char* digits) { begin(unhex(digits)); }

  static std::string shown(const AttributeView& view) {
    std::string text = view.definition == nullptr ? "?" + std::to_string(view.vendor) + "." + std::to_string(view.top) +
                                                        "." + std::to_string(view.type)
                                                  : std::string(view.definition->name);
    if (view.tag != AttributeView::no_tag) text += ":" + std::to_string(view.tag);
    text += view.invalid ? "!" : "";
    std::string value = to_hex(view.value);
    if (value.size() > 40) value = std::to_string(view.value.size()) + " octets";
    return text + "=" + value;
  }

  /// All that an iteration gives; a "!" stands behind invalid ones, "?vendor.top.type" for unknown ones.
  std::string all() {
    std::string text;
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) text += shown(view) + " ";
    return text;
  }
  std::string all_of(const char* digits) {
    begin(digits);
    return all();
  }

  /// All that find and find_next give for one definition.
  std::string found(const AttributeDefinition& definition) {
    std::string text;
    AttributeView view;
    for (bool more = received.find(definition, view); more; more = received.find_next(definition, view))
      text += shown(view) + " ";
    return text;
  }

  /// Iterating over everything and finding each definition must agree.
  void check_that_find_agrees() {
    std::string iterated, by_definition;
    definitions.each([&](const AttributeDefinition& definition) {
      AttributeView view;
      for (bool more = received.first(view); more; more = received.next(view))
        if (view.definition == &definition && !view.invalid) iterated += shown(view) + " ";
      by_definition += found(definition);
    });
    CHECK(by_definition == iterated);
  }
};

std::vector<uint8_t> attribute(uint8_t type, const std::vector<uint8_t>& value) {
  return joined({{type, static_cast<uint8_t>(value.size() + 2)}, value});
}

std::vector<uint8_t> fragment(uint8_t type, uint8_t extended_type, bool more, const std::vector<uint8_t>& data) {
  return attribute(type, joined({{extended_type, more ? uint8_t{0x80} : uint8_t{0}}, data}));
}

}  // namespace

TEST_CASE_METHOD(Fixture, "no attributes give none") {
  begin("");
  AttributeView view;
  CHECK_FALSE(received.first(view));
  CHECK_FALSE(received.find(definitions.user_name, view));
}

TEST_CASE_METHOD(Fixture, "attributes come in order, unknown ones with their number") {
  CHECK(all_of("0105626f62 0406c0000201 c803ff c802 0103ff") ==
        "User-Name=626f62 NAS-IP-Address=c0000201 ?0.200.200=ff ?0.200.200= User-Name=ff ");
  check_that_find_agrees();
}

// C-14b to C-14f, C-14p
TEST_CASE_METHOD(Fixture, "a value that does not fit its data type is shown as it is, and is invalid",
                 "[COD-7][COD-12]") {
  CHECK(all_of("0405c00002") == "NAS-IP-Address!=c00002 ");
  CHECK(found(definitions.nas_ip) == "");
  CHECK(all_of("61040000") == "Framed-IPv6-Prefix=0000 ");
  CHECK(all_of("610c004020010db800000001") == "Framed-IPv6-Prefix=004020010db800000001 ");
  CHECK(all_of("6105008120") == "Framed-IPv6-Prefix!=008120 ");
  CHECK(all_of("610c003c20010db800000001") == "Framed-IPv6-Prefix!=003c20010db800000001 ");
  CHECK(all_of("9b08002000000000") == "PMIP6-Home-IPv4-HoA=002000000000 ");
  CHECK(all_of("9b08002100000000") == "PMIP6-Home-IPv4-HoA!=002100000000 ");
  CHECK(all_of("960a0102030405060708") == "Eight-Octets=0102030405060708 ");
  CHECK(all_of("960901020304050607") == "Eight-Octets!=01020304050607 ");
}

TEST_CASE_METHOD(Fixture, "an invalid attribute is passed over by find, a valid one behind it is found", "[COD-7]") {
  begin("0405c00002 0406c0000201 0403c0 0406c0000202");
  CHECK(found(definitions.nas_ip) == "NAS-IP-Address=c0000201 NAS-IP-Address=c0000202 ");
  check_that_find_agrees();
}

// D-4: C-14m to C-14o
TEST_CASE_METHOD(Fixture, "an integer's first octet is always its tag", "[COD-24]") {
  CHECK(all_of("40060100000d") == "Tunnel-Type:1=00000d ");
  CHECK(all_of("40060000000d") == "Tunnel-Type=00000d ");
  CHECK(all_of("40061f00000d") == "Tunnel-Type:31=00000d ");
  CHECK(all_of("40062000000d") == "Tunnel-Type=00000d ");
  CHECK(all_of("4005010000") == "Tunnel-Type!=010000 ");
  CHECK(all_of("40070100000d00") == "Tunnel-Type!=0100000d00 ");
  CHECK(all_of("4002") == "Tunnel-Type!= ");
}

// D-4
TEST_CASE_METHOD(Fixture, "a string's first octet is a tag up to 0x1f, and data above", "[COD-24]") {
  CHECK(all_of("5105313030") == "Tunnel-Private-Group-Id=313030 ");
  CHECK(all_of("510601313030") == "Tunnel-Private-Group-Id:1=313030 ");
  CHECK(all_of("51061f313030") == "Tunnel-Private-Group-Id:31=313030 ");
  CHECK(all_of("510620313030") == "Tunnel-Private-Group-Id=20313030 ");
  CHECK(all_of("510600313030") == "Tunnel-Private-Group-Id=313030 ");
  CHECK(all_of("510301") == "Tunnel-Private-Group-Id:1= ");
  CHECK(all_of("5102") == "Tunnel-Private-Group-Id= ");
}

// C-1, C-7, C-8
TEST_CASE_METHOD(Fixture, "hidden values are revealed", "[AUTH-9][AUTH-14]") {
  begin(joined({vector("C-1a").octets, vector("C-7a").octets, vector("C-7b").octets, vector("C-8a").octets}));
  CHECK(all() == "User-Password=" + to_hex(filled(15, 'a')) + " Tunnel-Password:1=" + to_hex(bytes("tunnelpw")) +
                     " Tunnel-Password:2=" + to_hex(bytes("0123456789abcdef")) + " MS-MPPE-Recv-Key=32 octets ");
  AttributeView view;
  REQUIRE(received.find(definitions.ms_receive_key, view));
  CHECK(to_hex(view.value) == "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f");
  CHECK(view.sensitive());
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "where values travel in the clear they are taken as they are", "[COD-24]") {
  begin(joined({unhex("020768656c6c6f"), unhex("450b0174756e6e656c7077"), unhex("450a74756e6e656c7077")}), false);
  // The first octet of Tunnel-Password is a tag even where it looks like data (COD-24).
  CHECK(all() == "User-Password=68656c6c6f Tunnel-Password:1=74756e6e656c7077 Tunnel-Password=756e6e656c7077 ");
}

TEST_CASE_METHOD(Fixture, "a hidden value of impossible size is invalid, and the others are revealed",
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

TEST_CASE_METHOD(Fixture, "a value is revealed once and stays where it is until the end") {
  begin(vector("C-1a").octets);
  AttributeView first, second;
  REQUIRE(received.find(definitions.user_password, first));
  REQUIRE(received.find(definitions.user_password, second));
  CHECK(first.value.data() == second.value.data());
}

TEST_CASE_METHOD(Fixture, "several sub-attributes of a vendor come one by one", "[COD-16]") {
  begin("1a14 00000137 070600000001 0b04abcd 630401ff");
  CHECK(all() == "MS-MPPE-Encryption-Policy=00000001 MS-CHAP-Challenge=abcd ?311.26.99=01ff ");
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(view.vendor == 311);
  CHECK(view.type == 7);
  CHECK(view.top == 26);
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "a vendor that nobody knows is read in the recommended format", "[COD-16]") {
  CHECK(all_of("1a0c0001869f 0103aa 0203bb") == "?99999.26.1=aa ?99999.26.2=bb ");
  CHECK(all_of("1a09ffffffff 0103aa") == "?4294967295.26.1=aa ");
}

TEST_CASE_METHOD(Fixture, "what is not type, length and value stays opaque", "[COD-16]") {
  for (const char* bad :
       {"1a02", "1a0537370a", "1a0600000137", "1a0700000137 07", "1a0800000137 0701", "1a0800000137 0700",
        "1a0900000137 0704aa", "1a0c00000137 0b04abcd 0709", "1a0b00000137 0b04abcd 07"}) {
    INFO(bad);
    begin(bad);
    AttributeView view;
    REQUIRE(received.first(view));
    CHECK(view.definition == &definitions.vsa);
    CHECK(view.invalid);
    CHECK(to_hex(view.value) == to_hex(Octets(octets).subspan(2)));
    CHECK_FALSE(received.next(view));
  }
}

TEST_CASE_METHOD(Fixture, "an empty sub-attribute is one") {
  CHECK(all_of("1a0800000137 0b02") == "MS-CHAP-Challenge= ");
  CHECK(all_of("1a0800000137 0702") == "MS-MPPE-Encryption-Policy!= ");
}

TEST_CASE_METHOD(Fixture, "vendors' own formats are followed", "[COD-16]") {
  CHECK(all_of("1a0d 000001ad 9001 07 61626364") == "USR-Text=61626364 ");
  CHECK(all_of("1a12 000001ad 9001 07 61626364 9001 05 6566") == "USR-Text=61626364 USR-Text=6566 ");
  CHECK(all_of("1a0a 00000ced 07 010203") == "One-Zero-Octets=010203 ");
  CHECK(all_of("1a0d 00002328 01020304 aabbcc") == "Four-Zero-Octets=aabbcc ");
  CHECK(all_of("1a12 00001fe4 012c 0006 aabb 012c 0006 ccdd") == "Starent-Octets=aabb Starent-Octets=ccdd ");
  CHECK(all_of("1a0b 000060b5 0505 00 aabb") == "WiMAX-Octets=aabb ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "what does not follow them stays opaque", "[COD-16]") {
  for (const char* bad : {"1a09 000001ad 9001 02", "1a08 000001ad 9001", "1a06 00000ced", "1a08 00002328 0102",
                          "1a0a 00001fe4 012c 0003", "1a08 000060b5 0502", "1a0b 000060b5 0506 00 aabb"}) {
    INFO(bad);
    begin(bad);
    CHECK(all().starts_with("Vendor-Specific!="));
  }
}

TEST_CASE_METHOD(Fixture, "a vendor's TLV is valid when TLVs fill it") {
  CHECK(all_of("1a0c 00000137 3206 01040002") == "MS-Tlv=01040002 ");
  CHECK(all_of("1a0c 00000137 3206 01050002") == "MS-Tlv!=01050002 ");
  CHECK(all_of("1a08 00000137 3202") == "MS-Tlv!= ");
}

TEST_CASE_METHOD(Fixture, "the parts of an EAP-Message are joined, also when others stand between them", "[COD-15]") {
  begin(joined({attribute(79, filled(253, 1)), attribute(79, filled(253, 2)), attribute(79, filled(94, 3))}));
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(to_hex(view.value) == to_hex(joined({filled(253, 1), filled(253, 2), filled(94, 3)})));
  CHECK_FALSE(received.next(view));

  begin("4f03aa 0105626f62 4f03bb 0406c0000201 4f03cc");
  CHECK(all() == "EAP-Message=aabbcc User-Name=626f62 NAS-IP-Address=c0000201 ");
  CHECK(all() == "EAP-Message=aabbcc User-Name=626f62 NAS-IP-Address=c0000201 ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "an EAP-Message of one part, and an empty one, are themselves") {
  CHECK(all_of("4f0402ff") == "EAP-Message=02ff ");
  CHECK(all_of("4f02") == "EAP-Message= ");
}

//
TEST_CASE_METHOD(Fixture, "extended attributes are read as RFC 6929 §9 writes them",
                 "[COD-17][COD-20][COD-22][COD-23]") {
  const std::pair<const char*, const char*> rows[] = {
      {"A-6.1", "Extended-Text=626f62 "},
      {"A-6.2", "Extended-Tlv=01042345 "},
      {"A-6.3", "Extended-Tlv=0104234502046789 "},
      {"A-6.4", "Extended-Tlv=0104234503060104abcd "},
      {"A-6.5", "Extended-Tlv=01042345030b0104abcd0205666f6f "},
      {"A-6.6",
       "Extended-Text=010c020a0308040605"
       "04cdef "},
      {"A-6.7", "Evs-Text=74657374 "},
      {"A-6.8", "Evs-Tlv=030674657374 "},
      {"A-6.9", "Long-Text=626f62 "},
      {"A-6.10", "Long-Tlv=01042345 "},
      {"A-6.11", "Long-Tlv=0104234502046789 "},
      {"A-6.12", "Long-Tlv=0104234503060104abcd "},
      {"A-6.13", "Long-Tlv=01042345030b0104abcd0205666f6f "},
      {"A-6.14", "Long-Text=010c020a030804060504cdef "},
      {"A-6.15", "Long-Evs-Text=74657374 "},
      {"A-6.16", "Long-Evs-Tlv=030674657374 "},
  };
  for (auto [id, expected] : rows) {
    INFO(id);
    begin(vector(id).octets);
    CHECK(all() == expected);
    check_that_find_agrees();
  }
}

//
TEST_CASE_METHOD(Fixture, "fragments are joined before they are read", "[COD-19][COD-23]") {
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
TEST_CASE_METHOD(Fixture, "fragments are joined when other attributes stand between them", "[COD-19]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), unhex("0105626f62"), fragment(245, 1, false, bytes("x")),
                fragment(245, 4, true, filled(251, 2)), unhex("0406c0000201"), fragment(245, 4, false, filled(3, 3))}));
  CHECK(all() == "Long-Octets=505 octets User-Name=626f62 Long-Text=78 NAS-IP-Address=c0000201 ");
  AttributeView view;
  REQUIRE(received.find(definitions.long_octets, view));
  CHECK(to_hex(view.value) == to_hex(joined({filled(251, 1), filled(251, 2), filled(3, 3)})));
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "two fragmented values of different types may be interleaved", "[COD-19]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), fragment(245, 1, true, filled(251, 'a')),
                fragment(245, 4, false, filled(1, 2)), fragment(245, 1, false, filled(2, 'b'))}));
  CHECK(all() == "Long-Octets=252 octets Long-Text=253 octets ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "a value behind a complete one of the same type is a value of its own", "[COD-19]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), fragment(245, 4, false, filled(2, 2)),
                fragment(245, 4, false, filled(3, 3)), fragment(245, 4, true, filled(251, 4)),
                fragment(245, 4, false, filled(4, 5))}));
  CHECK(all() == "Long-Octets=253 octets Long-Octets=030303 Long-Octets=255 octets ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "one fragmented value may fill a packet", "[COD-19]") {
  std::vector<uint8_t> attributes;
  for (int i = 0; i < 15; ++i)
    attributes = joined({attributes, fragment(245, 4, true, filled(251, static_cast<uint8_t>(i)))});
  attributes = joined({attributes, fragment(245, 4, false, filled(247, 15))});
  REQUIRE(attributes.size() == 15 * 255 + 251);
  begin(attributes);
  CHECK(all() == "Long-Octets=4012 octets ");
  check_that_find_agrees();
}

// C-14g to C-14l
TEST_CASE_METHOD(Fixture, "a misshapen extended attribute is an invalid one", "[COD-17][COD-18][COD-21][COD-22]") {
  CHECK(all_of("f102") == "Extended-Attribute-1!= ");
  CHECK(all_of("f10301") == "Extended-Attribute-1!=01 ");
  CHECK(all_of("f502") == "Extended-Attribute-5!= ");
  CHECK(all_of("f50301") == "Extended-Attribute-5!=01 ");
  CHECK(all_of("f5040100") == "Extended-Attribute-5!=0100 ");
  CHECK(all_of("f5070180626f62") == "Extended-Attribute-5!=0180626f62 ");
  CHECK(all_of("f10702010523"
               "45") == "Extended-Tlv!=01052345 ");
  CHECK(all_of("f105020102") == "Extended-Tlv!=0102 ");
  CHECK(all_of("f1081a0000000104") == "Extended-Vendor-Specific-1!=1a0000000104 ");
  CHECK(all_of("f1041a00") == "Extended-Vendor-Specific-1!=1a00 ");
}

// C-14j
TEST_CASE_METHOD(Fixture, "reserved flags are ignored", "[COD-20]") {
  CHECK(all_of("f5070101626f62") == "Long-Text=626f62 ");
  CHECK(all_of("f507017f626f62") == "Long-Text=626f62 ");
}

TEST_CASE_METHOD(Fixture, "More without a fragment that follows is invalid", "[COD-18]") {
  begin(joined({unhex("0105626f62"), fragment(245, 4, true, filled(251, 1))}));
  CHECK(all() == "User-Name=626f62 Extended-Attribute-5!=253 octets ");
  CHECK(found(definitions.long_octets) == "");
}

TEST_CASE_METHOD(Fixture, "unknown extended and vendor types keep their numbers") {
  CHECK(all_of("f10463aa") == "?0.241.99=aa ");
  CHECK(all_of("f5056300aa") == "?0.245.99=aa ");
  CHECK(all_of("f10a1a0000006304ab"
               "cd") == "?99.241.4=abcd ");
  CHECK(all_of("f10a1a0000000163abcd") == "?1.241.99=abcd ");
}

TEST_CASE_METHOD(Fixture, "raw gives the whole attribute that holds a view's beginning, as received", "[COD-7]") {
  begin(joined(
      {unhex("0105626f62"), unhex("1a1000000137070600000001 0b04abcd"), vector("C-1a").octets, unhex("4f03aa4f03bb")}));
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(to_hex(received.raw(view)) == "0105626f62");
  REQUIRE(received.find(definitions.ms_challenge, view));
  CHECK(to_hex(received.raw(view)) == "1a10000001370706000000010b04abcd");
  REQUIRE(received.find(definitions.user_password, view));
  CHECK(to_hex(received.raw(view)) == to_hex(vector("C-1a").octets));
  REQUIRE(received.find(definitions.eap_message, view));
  CHECK(to_hex(received.raw(view)) == "4f03aa");
  view.cursor = Place(5000).cursor();
  CHECK(received.raw(view).empty());
}

TEST_CASE_METHOD(Fixture, "what was revealed is wiped at the end, and nothing of it is seen in the next packet") {
  begin(vector("C-1a").octets);
  AttributeView view;
  REQUIRE(received.find(definitions.user_password, view));
  CHECK(view.value.size() == 15);
  Octets revealed = view.value;
  received.end();
  CHECK(to_hex(revealed) == to_hex(filled(15, 0)));  // the buffer is kept
  CHECK_FALSE(received.first(view));

  begin(joined({vector("C-1b").octets, unhex("4f03aa4f03bb")}));
  CHECK(all() == "User-Password=" + to_hex(filled(16, 'a')) + " EAP-Message=aabb ");
  begin("4f03cc");
  CHECK(all() == "EAP-Message=cc ");
}

TEST_CASE_METHOD(Fixture, "a packet full of hidden values is revealed to the last") {
  std::vector<uint8_t> attributes;
  for (int i = 0; i < 16; ++i) attributes = joined({attributes, vector("C-1d").octets, vector("C-7a").octets});
  begin(attributes);
  AttributeView view;
  int revealed = 0;
  for (bool more = received.first(view); more; more = received.next(view)) revealed += !view.invalid;
  CHECK(revealed == 32);
  check_that_find_agrees();
}

TEST_CASE_METHOD(Fixture, "every good vector of attributes is valid, and every invalid one is not") {
  for (const Vector& vector : all_vectors()) {
    if (vector.kind != "attributes") continue;
    INFO(vector.id);
    begin(vector.octets);
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view))
      CHECK(view.invalid == (vector.result == "invalid"));
  }
}

TEST_CASE_METHOD(Fixture, "in every packet that is written down, iterating and finding agree") {
  for (const Vector& vector : all_vectors()) {
    auto packet = Packet::decode(vector.octets);
    if (vector.kind != "packet" || !packet.ok()) continue;
    INFO(vector.id);
    octets.assign(packet->attribute_octets().begin(), packet->attribute_octets().end());
    begin(octets);
    check_that_find_agrees();
  }
}

// What comes first does not depend on what was looked at first
TEST_CASE_METHOD(Fixture, "going on from the middle of a packet gives no part of a value that begins before it",
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
TEST_CASE_METHOD(Fixture, "a packet of fragments may be walked through from any attribute, in any order", "[COD-19]") {
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
TEST_CASE_METHOD(Fixture, "fragments that never end are all shown, each of them invalid", "[COD-18]") {
  begin(joined({fragment(245, 4, true, filled(251, 1)), unhex("0105626f62"), fragment(245, 4, true, filled(251, 2))}));
  CHECK(all() == "Extended-Attribute-5!=253 octets User-Name=626f62 Extended-Attribute-5!=253 octets ");
  CHECK(all() == "Extended-Attribute-5!=253 octets User-Name=626f62 Extended-Attribute-5!=253 octets ");
}

TEST_CASE_METHOD(Fixture, "a fragment with More that is not 255 long spoils its value", "[COD-18]") {
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

TEST_CASE_METHOD(Fixture, "a hidden value that came in fragments is joined first, then revealed") {
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
TEST_CASE_METHOD(Fixture, "an invalid Tunnel-Password keeps its tag octet", "[COD-7]") {
  begin("4505018001");
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(view.invalid);
  CHECK(to_hex(view.value) == "018001");
  CHECK(view.tag == AttributeView::no_tag);
}

TEST_CASE_METHOD(Fixture, "an invalid EVS keeps its Extended-Type") {
  begin("f1081a0000000104");
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(view.invalid);
  CHECK(to_hex(view.value) == "1a0000000104");
}
