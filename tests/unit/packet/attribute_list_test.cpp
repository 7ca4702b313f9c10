// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_list.h"

#include "catch.h"
#include "packet/definitions.h"
#include "packet/shown.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture {
  Definitions definitions;
  AttributeList list;

  /// All of a list as "name:tag=hex", a "+" where one joins the one before it.
  static std::string shown(const AttributeList& list) {
    std::string text;
    for (size_t i = 0; i < list.size(); ++i) {
      if (list.joins_previous(i)) text += "+";
      text += test::shown(list.at(i));
    }
    return text;
  }
};

const AttributeList::Outcome done = std::nullopt;

}  // namespace

TEST_CASE_METHOD(Fixture, "what is added is there, in order and as it was") {
  CHECK(list.empty());
  CHECK(list.add(definitions.user_name, octets_of("bob")) == done);
  CHECK(list.add(definitions.nas_ip, unhex("c0000201")) == done);
  CHECK(list.add(definitions.tunnel_group, octets_of("100"), 1) == done);
  CHECK(list.add(definitions.session_octets, {}) == done);
  CHECK(shown(list) == "User-Name=626f62 NAS-IP-Address=c0000201 Tunnel-Private-Group-Id:1=313030 Class= ");
  CHECK(list.size() == 4);
}

TEST_CASE_METHOD(Fixture, "a view of a list tells where the attribute stands") {
  REQUIRE(list.add(definitions.user_name, octets_of("bob")) == done);
  REQUIRE(list.add(definitions.ms_policy, unhex("00000001")) == done);
  AttributeView view = list.at(1);
  CHECK(view.definition == &definitions.ms_policy);
  CHECK(view.vendor == 311);
  CHECK(view.type == 7);
  CHECK(view.top == 26);
  CHECK(view.cursor == 1);
  CHECK_FALSE(view.invalid);
}

TEST_CASE_METHOD(Fixture, "a value that does not fit the data type is refused") {
  CHECK(list.add(definitions.nas_ip, unhex("c00002")) == ListError::Range);
  CHECK(list.add(definitions.nas_ip, unhex("c000020100")) == ListError::Range);
  CHECK(list.add(definitions.service_type, {}) == ListError::Range);
  CHECK(list.add(definitions.ipv6_prefix, unhex("008120")) == ListError::Range);
  CHECK(list.add(definitions.ipv4_prefix, unhex("0021c0000201")) == ListError::Range);
  CHECK(list.add(definitions.eight_octets, filled(7, 0)) == ListError::Range);
  CHECK(list.add(definitions.eight_octets, filled(9, 0)) == ListError::Range);
  CHECK(list.empty());
  CHECK(list.add(definitions.eight_octets, filled(8, 0)) == done);
}

TEST_CASE_METHOD(Fixture, "containers hold no values") {
  for (const AttributeDefinition* container : {&definitions.root, &definitions.vsa, &definitions.microsoft,
                                               &definitions.extended_1, &definitions.evs_1, &definitions.long_1}) {
    INFO(container->name);
    CHECK(list.add(*container, octets_of("x")) == ListError::Type);
    CHECK(list.add_integer(*container, 1) == ListError::Type);
  }
}

TEST_CASE_METHOD(Fixture, "integers take the octets of their data type") {
  AttributeDefinition& one = definitions.add(definitions.root, 201, DataType::Uint8, "Byte");
  AttributeDefinition& two = definitions.add(definitions.root, 202, DataType::Uint16, "Short");
  AttributeDefinition& eight = definitions.add(definitions.root, 203, DataType::Uint64, "Long");
  AttributeDefinition& time = definitions.add(definitions.root, 204, DataType::Time, "Time");
  CHECK(list.add_integer(one, 255) == done);
  CHECK(list.add_integer(two, 0x0102) == done);
  CHECK(list.add_integer(definitions.service_type, 2) == done);
  CHECK(list.add_integer(eight, ~uint64_t{0}) == done);
  CHECK(list.add_integer(time, 0x80000001) == done);
  CHECK(shown(list) == "Byte=ff Short=0102 Service-Type=00000002 Long=ffffffffffffffff Time=80000001 ");
}

TEST_CASE_METHOD(Fixture, "a number that is too large is refused, and one for what is no number") {
  AttributeDefinition& one = definitions.add(definitions.root, 201, DataType::Uint8, "Byte");
  CHECK(list.add_integer(one, 256) == ListError::Range);
  CHECK(list.add_integer(definitions.service_type, uint64_t{1} << 32) == ListError::Range);
  CHECK(list.add_integer(definitions.tunnel_type, 0x1000000) == ListError::Range);
  CHECK(list.add_integer(definitions.user_name, 1) == ListError::Type);
  CHECK(list.add_integer(definitions.nas_ip, 1) == ListError::Type);
  CHECK(list.empty());
}

TEST_CASE_METHOD(Fixture, "a tagged integer is kept in three octets, and four with a leading zero are the same",
                 "[COD-24]") {
  CHECK(list.add_integer(definitions.tunnel_type, 13, 1) == done);
  CHECK(list.add(definitions.tunnel_type, unhex("0000000d"), 2) == done);
  CHECK(list.add(definitions.tunnel_type, unhex("00000d")) == done);
  CHECK(list.add(definitions.tunnel_type, unhex("0100000d")) == ListError::Range);
  CHECK(list.add(definitions.tunnel_type, unhex("000d")) == ListError::Range);
  CHECK(shown(list) == "Tunnel-Type:1=00000d Tunnel-Type:2=00000d Tunnel-Type=00000d ");
}

TEST_CASE_METHOD(Fixture, "a tag is 0 to 31, and only where the attribute has one") {
  CHECK(list.add(definitions.tunnel_group, octets_of("x"), 0) == done);
  CHECK(list.add(definitions.tunnel_group, octets_of("x"), 31) == done);
  CHECK(list.add(definitions.tunnel_group, octets_of("x"), 32) == ListError::Range);
  CHECK(list.add(definitions.tunnel_group, octets_of("x"), -2) == ListError::Range);
  CHECK(list.add(definitions.user_name, octets_of("x"), 0) == ListError::Range);
  CHECK(list.add(definitions.user_name, octets_of("x"), 1) == ListError::Range);
  CHECK(list.size() == 2);
}

TEST_CASE_METHOD(Fixture, "find gives the first from a number on, and nothing where there is none") {
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(list.add(definitions.reply_message, octets_of("1")) == done);
  REQUIRE(list.add(definitions.reply_message, octets_of("2")) == done);
  AttributeView view;
  REQUIRE(list.find(definitions.reply_message, view));
  CHECK(text_of(view.value) == "1");
  REQUIRE(list.find(definitions.reply_message, view, 2));
  CHECK(text_of(view.value) == "2");
  CHECK_FALSE(list.find(definitions.reply_message, view, 3));
  CHECK_FALSE(list.find(definitions.user_name, view, 1));
  CHECK_FALSE(list.find(definitions.nas_ip, view));
}

TEST_CASE_METHOD(Fixture, "remove takes out all with a definition and says how many") {
  REQUIRE(list.add(definitions.reply_message, octets_of("1")) == done);
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(list.add(definitions.reply_message, octets_of("2")) == done);
  CHECK(list.remove(definitions.reply_message) == 2);
  CHECK(list.remove(definitions.reply_message) == 0);
  CHECK(shown(list) == "User-Name=61 ");
  REQUIRE(list.add(definitions.reply_message, octets_of("3")) == done);
  CHECK(shown(list) == "User-Name=61 Reply-Message=33 ");
}

TEST_CASE_METHOD(Fixture, "append copies all, and changes nothing of the other") {
  AttributeList other;
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(other.add(definitions.tunnel_group, octets_of("b"), 3) == done);
  REQUIRE(other.begin_group(definitions.microsoft) == done);
  REQUIRE(other.add_integer(definitions.ms_policy, 1) == done);
  REQUIRE(other.add_integer(definitions.ms_policy, 2) == done);
  REQUIRE(other.end_group() == done);
  std::string before = shown(other);
  CHECK(list.append(other) == done);
  CHECK(shown(list) == "User-Name=61 " + before);
  CHECK(shown(other) == before);
  CHECK(list.append(AttributeList()) == done);
  CHECK(shown(list) == "User-Name=61 " + before);
}

TEST_CASE_METHOD(Fixture, "nothing is appended while a group is open on either side") {
  AttributeList other;
  REQUIRE(other.begin_group(definitions.microsoft) == done);
  CHECK(list.append(other) == ListError::State);
  REQUIRE(list.begin_group(definitions.microsoft) == done);
  CHECK(list.append(AttributeList()) == ListError::State);
}

TEST_CASE_METHOD(Fixture, "clear empties, closes groups, and the list can be filled again") {
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  list.clear();
  CHECK(list.empty());
  CHECK_FALSE(list.has_open_group());
  REQUIRE(list.add(definitions.user_name, octets_of("b")) == done);
  CHECK(shown(list) == "User-Name=62 ");
}

TEST_CASE_METHOD(Fixture, "a list holds 4096 attributes and not one more") {
  for (size_t i = 0; i < AttributeList::attributes_max; ++i) REQUIRE(list.add(definitions.session_octets, {}) == done);
  CHECK(list.add(definitions.session_octets, {}) == ListError::Limit);
  CHECK(list.begin_group(definitions.extended_tlv) == ListError::Limit);
  AttributeList one;
  REQUIRE(one.add(definitions.session_octets, {}) == done);
  CHECK(list.append(one) == ListError::Limit);
  CHECK(list.size() == AttributeList::attributes_max);
}

TEST_CASE_METHOD(Fixture, "a list holds 65536 octets and not one more") {
  for (int i = 0; i < 16; ++i) REQUIRE(list.add(definitions.long_octets, filled(4000, 1)) == done);
  AttributeList rest;
  REQUIRE(rest.add(definitions.long_octets, filled(1537, 1)) == done);
  CHECK(list.append(rest) == ListError::Limit);
  CHECK(list.add(definitions.long_octets, filled(1537, 1)) == ListError::Limit);
  CHECK(list.add(definitions.long_octets, filled(1536, 1)) == done);
  CHECK(list.add(definitions.session_octets, octets_of("x")) == ListError::Limit);
  CHECK(list.add(definitions.session_octets, {}) == done);
  CHECK(list.size() == 18);
}

TEST_CASE_METHOD(Fixture, "a value that its attribute has no room for is refused, one octet less is not") {
  const std::pair<const AttributeDefinition*, size_t> rows[] = {
      {&definitions.reply_message, 253},   {&definitions.user_password, 128},    {&definitions.tunnel_password, 239},
      {&definitions.extended_text, 252},   {&definitions.evs_text, 247},         {&definitions.tlv_octets_1, 250},
      {&definitions.tlv_tlv_text, 248},    {&definitions.ms_challenge, 247},     {&definitions.two_one_text, 246},
      {&definitions.one_zero_octets, 248}, {&definitions.four_zero_octets, 245}, {&definitions.two_two_octets, 245},
      {&definitions.eap_message, 4076},    {&definitions.wimax_octets, 4076},    {&definitions.long_octets, 4076}};
  for (auto [definition, maximum] : rows) {
    INFO(definition->name);
    CHECK(list.add(*definition, filled(maximum, 'x')) == done);
    CHECK(list.add(*definition, filled(maximum + 1, 'x')) == ListError::Range);
  }
  CHECK(list.add(definitions.tunnel_group, filled(252, 'x'), 1) == done);
  CHECK(list.add(definitions.tunnel_group, filled(253, 'x'), 1) == ListError::Range);
  CHECK(list.add(definitions.control, filled(300, 'x')) == done);  // it never goes out
}

// COD-21: fragments make no room for what one length octet counts
TEST_CASE_METHOD(Fixture, "a TLV's child alone is refused when no TLV can hold it, also where values are split") {
  CHECK(list.add(definitions.long_tlv_octets, filled(253, 'x')) == done);
  CHECK(list.add(definitions.long_tlv_octets, filled(254, 'x')) == ListError::Range);
  CHECK(list.add(definitions.long_tlv_tlv_octets, filled(251, 'x')) == done);
  CHECK(list.add(definitions.long_tlv_tlv_octets, filled(252, 'x')) == ListError::Range);
  CHECK(list.add(definitions.long_evs_tlv_text, filled(253, 'x')) == done);
  CHECK(list.add(definitions.long_evs_tlv_text, filled(254, 'x')) == ListError::Range);
}

TEST_CASE_METHOD(Fixture, "what is added in a TLV's group becomes its value") {
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  CHECK(list.has_open_group());
  REQUIRE(list.add(definitions.tlv_octets_1, unhex("2345")) == done);
  REQUIRE(list.begin_group(definitions.tlv_tlv) == done);
  REQUIRE(list.add(definitions.tlv_tlv_octets, unhex("abcd")) == done);
  REQUIRE(list.add(definitions.tlv_tlv_text, octets_of("foo")) == done);
  REQUIRE(list.end_group() == done);
  REQUIRE(list.end_group() == done);
  CHECK_FALSE(list.has_open_group());
  CHECK(shown(list) == "Extended-Tlv=01042345030b0104abcd0205666f6f ");
}

TEST_CASE_METHOD(Fixture, "what is added in a vendor's group shares one attribute, the next group begins another") {
  for (int group = 0; group < 2; ++group) {
    REQUIRE(list.begin_group(definitions.microsoft) == done);
    REQUIRE(list.add_integer(definitions.ms_policy, 1) == done);
    REQUIRE(list.add(definitions.ms_challenge, unhex("ff")) == done);
    REQUIRE(list.begin_group(definitions.ms_tlv) == done);
    REQUIRE(list.add_integer(definitions.ms_tlv_number, 2) == done);
    REQUIRE(list.end_group() == done);
    REQUIRE(list.end_group() == done);
  }
  CHECK(shown(list) ==
        "MS-MPPE-Encryption-Policy=00000001 +MS-CHAP-Challenge=ff +MS-Tlv=01040002 "
        "MS-MPPE-Encryption-Policy=00000001 +MS-CHAP-Challenge=ff +MS-Tlv=01040002 ");
  REQUIRE(list.add_integer(definitions.ms_policy, 1) == done);
  CHECK_FALSE(list.joins_previous(6));
}

TEST_CASE_METHOD(Fixture, "a group takes its own children and nothing else") {
  CHECK(list.begin_group(definitions.user_name) == ListError::Type);
  CHECK(list.begin_group(definitions.vsa) == ListError::Type);
  CHECK(list.begin_group(definitions.extended_1) == ListError::Type);
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  CHECK(list.add(definitions.user_name, octets_of("x")) == ListError::Type);
  CHECK(list.add(definitions.tlv_tlv_text, octets_of("x")) == ListError::Type);
  CHECK(list.begin_group(definitions.long_tlv) == ListError::Type);
  CHECK(list.begin_group(definitions.microsoft) == ListError::Type);
  REQUIRE(list.add(definitions.tlv_octets_1, octets_of("x")) == done);
  REQUIRE(list.end_group() == done);
  REQUIRE(list.begin_group(definitions.microsoft) == done);
  CHECK(list.add(definitions.user_name, octets_of("x")) == ListError::Type);
  CHECK(list.add(definitions.wimax_octets, octets_of("x")) == ListError::Type);
  CHECK(list.begin_group(definitions.wimax) == ListError::Type);
  REQUIRE(list.end_group() == done);
  CHECK(shown(list) == "Extended-Tlv=010378 ");
}

TEST_CASE_METHOD(Fixture, "a group that was not begun cannot end") {
  CHECK(list.end_group() == ListError::State);
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  REQUIRE(list.add(definitions.tlv_octets_1, octets_of("x")) == done);
  REQUIRE(list.end_group() == done);
  CHECK(list.end_group() == ListError::State);
}

TEST_CASE_METHOD(Fixture, "an empty TLV is refused and leaves nothing behind", "[COD-21]") {
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  CHECK(list.add(definitions.tlv_octets_1, {}) == ListError::Range);
  CHECK(list.end_group() == ListError::Range);
  CHECK_FALSE(list.has_open_group());
  CHECK(shown(list) == "User-Name=61 ");

  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  REQUIRE(list.add(definitions.tlv_octets_1, octets_of("b")) == done);
  REQUIRE(list.begin_group(definitions.tlv_tlv) == done);
  CHECK(list.end_group() == ListError::Range);
  REQUIRE(list.end_group() == done);
  CHECK(shown(list) == "User-Name=61 Extended-Tlv=010362 ");
}

// TLV-Length is one octet
TEST_CASE_METHOD(Fixture, "a TLV holds 253 octets and not one more", "[COD-21]") {
  REQUIRE(list.begin_group(definitions.long_tlv) == done);
  CHECK(list.add(definitions.long_tlv_octets, filled(254, 1)) == ListError::Range);
  REQUIRE(list.add(definitions.long_tlv_octets, filled(253, 1)) == done);
  REQUIRE(list.begin_group(definitions.long_tlv_tlv) == done);
  CHECK(list.add(definitions.long_tlv_tlv_octets, filled(252, 1)) == ListError::Range);
  REQUIRE(list.add(definitions.long_tlv_tlv_octets, filled(251, 1)) == done);
  REQUIRE(list.add(definitions.long_tlv_tlv_octets, filled(1, 1)) == done);
  CHECK(list.end_group() == ListError::Range);
  REQUIRE(list.begin_group(definitions.long_tlv_tlv) == done);
  REQUIRE(list.add(definitions.long_tlv_tlv_octets, filled(251, 1)) == done);
  CHECK(list.end_group() == done);
  REQUIRE(list.end_group() == done);
  CHECK(list.at(0).value.size() == 255 + 255);
  CHECK(tlvs_fill(list.at(0).value));
}

TEST_CASE_METHOD(Fixture, "an empty vendor's group adds nothing") {
  REQUIRE(list.begin_group(definitions.microsoft) == done);
  CHECK(list.end_group() == done);
  CHECK(list.empty());
}

TEST_CASE_METHOD(Fixture, "when the first of a vendor's group is removed, the second joins nothing before it") {
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(list.begin_group(definitions.microsoft) == done);
  REQUIRE(list.add_integer(definitions.ms_policy, 1) == done);
  REQUIRE(list.add(definitions.ms_challenge, unhex("ff")) == done);
  REQUIRE(list.add(definitions.ms_challenge, unhex("ee")) == done);
  REQUIRE(list.end_group() == done);
  REQUIRE(list.remove(definitions.ms_policy) == 1);
  CHECK(shown(list) == "User-Name=61 MS-CHAP-Challenge=ff +MS-CHAP-Challenge=ee ");
}

TEST_CASE_METHOD(Fixture, "nothing is removed while a group is open") {
  REQUIRE(list.add(definitions.user_name, octets_of("a")) == done);
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  REQUIRE(list.add(definitions.tlv_octets_1, octets_of("b")) == done);
  CHECK(list.remove(definitions.user_name) == 0);
  CHECK(list.remove(definitions.extended_tlv) == 0);
  REQUIRE(list.end_group() == done);
  CHECK(shown(list) == "User-Name=61 Extended-Tlv=010362 ");
  CHECK(list.remove(definitions.user_name) == 1);
  CHECK(shown(list) == "Extended-Tlv=010362 ");
}

TEST_CASE_METHOD(Fixture, "a list that is written and emptied again and again does not fill up") {
  for (int i = 0; i < 400; ++i) {
    INFO(i);
    REQUIRE(list.add(definitions.reply_message, filled(253, 'x')) == done);
    REQUIRE(list.remove(definitions.reply_message) == 1);
  }
}

TEST_CASE_METHOD(Fixture, "a hidden attribute goes into a TLV when what hides it has room there") {
  REQUIRE(list.begin_group(definitions.wimax_tlv) == done);
  CHECK(list.add(definitions.wimax_tlv_key, filled(239, 'x')) == done);
  CHECK(list.add(definitions.wimax_tlv_key, filled(240, 'x')) == ListError::Range);
}

TEST_CASE_METHOD(Fixture, "a group has room until its innermost TLV or the attribute is full") {
  CHECK(list.group_has_room(4000));  // there is none that could be full
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  CHECK(list.group_has_room(250));
  CHECK_FALSE(list.group_has_room(251));
  REQUIRE(list.add(definitions.tlv_octets_1, filled(100, 'x')) == done);
  REQUIRE(list.begin_group(definitions.tlv_tlv) == done);
  CHECK(list.group_has_room(146));
  CHECK_FALSE(list.group_has_room(147));
  REQUIRE(list.end_group() == ListError::Range);
  REQUIRE(list.end_group() == done);
  REQUIRE(list.begin_group(definitions.long_tlv) == done);
  REQUIRE(list.add(definitions.long_tlv_octets, filled(200, 'x')) == done);
  CHECK(list.group_has_room(3800));
  REQUIRE(list.begin_group(definitions.long_tlv_tlv) == done);
  CHECK(list.group_has_room(251));
  CHECK_FALSE(list.group_has_room(252));
}

TEST_CASE_METHOD(Fixture, "a raw attribute is kept whole, and what is none is refused") {
  REQUIRE(list.add_raw(unhex("c803ff")) == done);
  AttributeView view = list.at(0);
  CHECK(view.definition == nullptr);
  CHECK(view.type == 200);
  CHECK(view.top == 200);
  CHECK(to_hex(view.value) == "ff");
  CHECK(list.add_raw(unhex("c8")) == ListError::Range);
  CHECK(list.add_raw(unhex("c804ff")) == ListError::Range);
  CHECK(list.add_raw(unhex("c802ff")) == ListError::Range);
  REQUIRE(list.begin_group(definitions.extended_tlv) == done);
  CHECK(list.add_raw(unhex("c803ff")) == ListError::State);
}
