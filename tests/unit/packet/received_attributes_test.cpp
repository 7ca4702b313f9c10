// SPDX-License-Identifier: Apache-2.0
#include "packet/received_attributes.h"

#include "packet/received_fixture.h"
#include "packet/wire.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE_METHOD(ReceivedFixture, "no attributes give none") {
  begin("");
  AttributeView view;
  CHECK_FALSE(received.first(view));
  CHECK_FALSE(received.find(definitions.user_name, view));
}

TEST_CASE_METHOD(ReceivedFixture, "attributes come in order, unknown ones with their number") {
  CHECK(all_of("0105626f62 0406c0000201 c803ff c802 0103ff") ==
        "User-Name=626f62 NAS-IP-Address=c0000201 ?0.200.200=ff ?0.200.200= User-Name=ff ");
  check_that_find_agrees();
}

// C-14b to C-14f, C-14p
TEST_CASE_METHOD(ReceivedFixture, "a value that does not fit its data type is shown as it is, and is invalid",
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

TEST_CASE_METHOD(ReceivedFixture, "an invalid attribute is passed over by find, a valid one behind it is found",
                 "[COD-7]") {
  begin("0405c00002 0406c0000201 0403c0 0406c0000202");
  CHECK(found(definitions.nas_ip) == "NAS-IP-Address=c0000201 NAS-IP-Address=c0000202 ");
  check_that_find_agrees();
}

// D-4: C-14m to C-14o
TEST_CASE_METHOD(ReceivedFixture, "an integer's first octet is always its tag", "[COD-24]") {
  CHECK(all_of("40060100000d") == "Tunnel-Type:1=00000d ");
  CHECK(all_of("40060000000d") == "Tunnel-Type=00000d ");
  CHECK(all_of("40061f00000d") == "Tunnel-Type:31=00000d ");
  CHECK(all_of("40062000000d") == "Tunnel-Type=00000d ");
  CHECK(all_of("4005010000") == "Tunnel-Type!=010000 ");
  CHECK(all_of("40070100000d00") == "Tunnel-Type!=0100000d00 ");
  CHECK(all_of("4002") == "Tunnel-Type!= ");
}

// D-4
TEST_CASE_METHOD(ReceivedFixture, "a string's first octet is a tag up to 0x1f, and data above", "[COD-24]") {
  CHECK(all_of("5105313030") == "Tunnel-Private-Group-Id=313030 ");
  CHECK(all_of("510601313030") == "Tunnel-Private-Group-Id:1=313030 ");
  CHECK(all_of("51061f313030") == "Tunnel-Private-Group-Id:31=313030 ");
  CHECK(all_of("510620313030") == "Tunnel-Private-Group-Id=20313030 ");
  CHECK(all_of("510600313030") == "Tunnel-Private-Group-Id=313030 ");
  CHECK(all_of("510301") == "Tunnel-Private-Group-Id:1= ");
  CHECK(all_of("5102") == "Tunnel-Private-Group-Id= ");
}

TEST_CASE_METHOD(ReceivedFixture, "several sub-attributes of a vendor come one by one", "[COD-16]") {
  begin("1a14 00000137 070600000001 0b04abcd 630401ff");
  CHECK(all() == "MS-MPPE-Encryption-Policy=00000001 MS-CHAP-Challenge=abcd ?311.26.99=01ff ");
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(view.vendor == 311);
  CHECK(view.type == 7);
  CHECK(view.top == 26);
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "a vendor that nobody knows is read in the recommended format", "[COD-16]") {
  CHECK(all_of("1a0c0001869f 0103aa 0203bb") == "?99999.26.1=aa ?99999.26.2=bb ");
  CHECK(all_of("1a09ffffffff 0103aa") == "?4294967295.26.1=aa ");
}

TEST_CASE_METHOD(ReceivedFixture, "what is not type, length and value stays opaque", "[COD-16]") {
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

TEST_CASE_METHOD(ReceivedFixture, "an empty sub-attribute is one") {
  CHECK(all_of("1a0800000137 0b02") == "MS-CHAP-Challenge= ");
  CHECK(all_of("1a0800000137 0702") == "MS-MPPE-Encryption-Policy!= ");
}

TEST_CASE_METHOD(ReceivedFixture, "vendors' own formats are followed", "[COD-16]") {
  CHECK(all_of("1a0d 000001ad 9001 07 61626364") == "USR-Text=61626364 ");
  CHECK(all_of("1a12 000001ad 9001 07 61626364 9001 05 6566") == "USR-Text=61626364 USR-Text=6566 ");
  CHECK(all_of("1a0a 00000ced 07 010203") == "One-Zero-Octets=010203 ");
  CHECK(all_of("1a0d 00002328 01020304 aabbcc") == "Four-Zero-Octets=aabbcc ");
  CHECK(all_of("1a12 00001fe4 012c 0006 aabb 012c 0006 ccdd") == "Starent-Octets=aabb Starent-Octets=ccdd ");
  CHECK(all_of("1a0b 000060b5 0505 00 aabb") == "WiMAX-Octets=aabb ");
  check_that_find_agrees();
}

TEST_CASE_METHOD(ReceivedFixture, "what does not follow them stays opaque", "[COD-16]") {
  for (const char* bad : {"1a09 000001ad 9001 02", "1a08 000001ad 9001", "1a06 00000ced", "1a08 00002328 0102",
                          "1a0a 00001fe4 012c 0003", "1a08 000060b5 0502", "1a0b 000060b5 0506 00 aabb"}) {
    INFO(bad);
    begin(bad);
    CHECK(all().starts_with("Vendor-Specific!="));
  }
}

TEST_CASE_METHOD(ReceivedFixture, "a vendor's TLV is valid when TLVs fill it") {
  CHECK(all_of("1a0c 00000137 3206 01040002") == "MS-Tlv=01040002 ");
  CHECK(all_of("1a0c 00000137 3206 01050002") == "MS-Tlv!=01050002 ");
  CHECK(all_of("1a08 00000137 3202") == "MS-Tlv!= ");
}

TEST_CASE_METHOD(ReceivedFixture, "the parts of an EAP-Message are joined, also when others stand between them",
                 "[COD-15]") {
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

TEST_CASE_METHOD(ReceivedFixture, "an EAP-Message of one part, and an empty one, are themselves") {
  CHECK(all_of("4f0402ff") == "EAP-Message=02ff ");
  CHECK(all_of("4f02") == "EAP-Message= ");
}

TEST_CASE_METHOD(ReceivedFixture, "an array's values come out one by one, in a vendor's attribute too") {
  CHECK(all_of("a00ac0000201c0000202") == "Addresses=c0000201 Addresses=c0000202 ");
  CHECK(all_of("a006c0000201") == "Addresses=c0000201 ");
  CHECK(all_of("a007c0000201ff") == "Addresses!=c0000201ff ");
  CHECK(all_of("a002") == "Addresses!= ");
  CHECK(all_of("1a1600000137330ac0000201c0000202070600000001") ==
        "MS-Servers=c0000201 MS-Servers=c0000202 MS-MPPE-Encryption-Policy=00000001 ");
}

TEST_CASE_METHOD(ReceivedFixture, "find gives each value of an array") {
  begin("a00ac0000201c0000202 0103aa a006c0000203");
  CHECK(found(definitions.addresses) == "Addresses=c0000201 Addresses=c0000202 Addresses=c0000203 ");
}

//
TEST_CASE_METHOD(ReceivedFixture, "extended attributes are read as RFC 6929 §9 writes them",
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

// C-14g to C-14l
TEST_CASE_METHOD(ReceivedFixture, "a misshapen extended attribute is an invalid one",
                 "[COD-17][COD-18][COD-21][COD-22]") {
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
TEST_CASE_METHOD(ReceivedFixture, "reserved flags are ignored", "[COD-20]") {
  CHECK(all_of("f5070101626f62") == "Long-Text=626f62 ");
  CHECK(all_of("f507017f626f62") == "Long-Text=626f62 ");
}

TEST_CASE_METHOD(ReceivedFixture, "unknown extended and vendor types keep their numbers") {
  CHECK(all_of("f10463aa") == "?0.241.99=aa ");
  CHECK(all_of("f5056300aa") == "?0.245.99=aa ");
  CHECK(all_of("f10a1a0000006304ab"
               "cd") == "?99.241.4=abcd ");
  CHECK(all_of("f10a1a0000000163abcd") == "?1.241.99=abcd ");
}

TEST_CASE_METHOD(ReceivedFixture, "raw gives the whole attribute that holds a view's beginning, as received",
                 "[COD-7]") {
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

TEST_CASE_METHOD(ReceivedFixture, "every good vector of attributes is valid, and every invalid one is not") {
  for (const Vector& vector : all_vectors()) {
    if (vector.kind != "attributes") continue;
    INFO(vector.id);
    begin(vector.octets);
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view))
      CHECK(view.invalid == (vector.result == "invalid"));
  }
}

TEST_CASE_METHOD(ReceivedFixture, "in every packet that is written down, iterating and finding agree") {
  for (const Vector& vector : all_vectors()) {
    auto packet = Packet::decode(vector.octets);
    if (vector.kind != "packet" || !packet.ok()) continue;
    INFO(vector.id);
    octets.assign(packet->attribute_octets().begin(), packet->attribute_octets().end());
    begin(octets);
    check_that_find_agrees();
  }
}

TEST_CASE_METHOD(ReceivedFixture, "an invalid EVS keeps its Extended-Type") {
  begin("f1081a0000000104");
  AttributeView view;
  REQUIRE(received.first(view));
  CHECK(view.invalid);
  CHECK(to_hex(view.value) == "1a0000000104");
}
