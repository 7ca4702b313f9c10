// SPDX-License-Identifier: Apache-2.0
#include "packet/encode.h"

#include "packet/encode_fixture.h"
#include "support/vectors.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE_METHOD(EncodeFixture, "plain attributes are type, length and value") {
  add(definitions.user_name, "bob");
  add(definitions.nas_ip, unhex("c0000201"));
  REQUIRE(list.add_integer(definitions.service_type, 2) == done);
  CHECK(encoded() == hex_of("0105626f62 0406c0000201 060600000002"));
}

// C-14c, C-14p
TEST_CASE_METHOD(EncodeFixture, "prefixes go out as they are kept", "[COD-13][COD-14]") {
  add(definitions.ipv6_prefix, unhex("004020010db800000001"));
  add(definitions.ipv4_prefix, unhex("002000000000"));
  CHECK(encoded() == to_hex(joined({vector("C-14c").octets, vector("C-14p").octets})));
}

TEST_CASE_METHOD(EncodeFixture, "what RFC 6929 §9 prints survives decoding and encoding", "[COD-19][COD-22][COD-23]") {
  int seen = 0;
  for (const Vector& vector : all_vectors()) {
    if (!vector.id.starts_with("A-6.")) continue;
    INFO(vector.id);
    decode(vector.octets);
    CHECK(list.size() == 1);
    CHECK(encoded() == to_hex(vector.octets));
    ++seen;
  }
  CHECK(seen == 18);
}

TEST_CASE_METHOD(EncodeFixture, "and comes out of groups the same") {
  begin_group(definitions.extended_tlv);
  add(definitions.tlv_octets_1, unhex("2345"));
  begin_group(definitions.tlv_tlv);
  add(definitions.tlv_tlv_octets, unhex("abcd"));
  add(definitions.tlv_tlv_text, "foo");
  end_group();
  end_group();
  CHECK(encoded() == to_hex(vector("A-6.5").octets));

  begin_group(definitions.long_evs_tlv);
  add(definitions.long_evs_tlv_text, "test");
  end_group();
  CHECK(encoded() == to_hex(vector("A-6.16").octets));
}

TEST_CASE_METHOD(EncodeFixture, "a child of a TLV that stands alone gets the TLVs around it", "[COD-22]") {
  add(definitions.tlv_octets_1, unhex("2345"));
  CHECK(encoded() == to_hex(vector("A-6.2").octets));
  add(definitions.evs_tlv_text, "test");
  CHECK(encoded() == to_hex(vector("A-6.8").octets));
  add(definitions.tlv_tlv_octets, unhex("abcd"));
  CHECK(encoded() == hex_of("f109 02 03060104abcd"));
  add(definitions.ms_tlv_number, unhex("0002"));
  CHECK(encoded() == hex_of("1a0c00000137 3206 01040002"));
  // with another Extended-Type: five deep.
  add(definitions.add_nested(definitions.add(definitions.extended_1, 9, DataType::Tlv, "Outermost"), 5), unhex("cdef"));
  CHECK(encoded() == hex_of("f10f 09 010c 020a 0308 0406 0504 cdef"));
}

TEST_CASE_METHOD(EncodeFixture, "groups of good vectors survive decoding and encoding") {
  for (const char* id : {"C-1a", "C-1b", "C-1c", "C-1d", "C-14b", "C-14c", "C-14m", "C-14n", "C-14o", "C-14p"}) {
    INFO(id);
    decode(vector(id).octets);
    CHECK(encoded() == to_hex(vector(id).octets));
  }
}

// D-4
TEST_CASE_METHOD(EncodeFixture, "an integer always has a tag octet, zero without a tag", "[COD-24]") {
  REQUIRE(list.add_integer(definitions.tunnel_type, 13, 1) == done);
  REQUIRE(list.add_integer(definitions.tunnel_type, 13) == done);
  REQUIRE(list.add_integer(definitions.tunnel_type, 13, 0) == done);
  REQUIRE(list.add_integer(definitions.tunnel_type, 0xffffff) == done);
  CHECK(encoded() == hex_of("40060100000d 40060000000d 40060000000d 400600ffffff"));
}

// D-4
TEST_CASE_METHOD(EncodeFixture,
                 "a string has a tag octet where there is a tag, or where its first octet would be taken for one",
                 "[COD-24]") {
  add(definitions.tunnel_group, "100", 1);
  add(definitions.tunnel_group, "100");
  add(definitions.tunnel_group, "100", 0);
  add(definitions.tunnel_group, unhex("1f"));
  add(definitions.tunnel_group, unhex("20"));
  add(definitions.tunnel_group, unhex("0041"));
  CHECK(encoded() == hex_of("510601313030 5105313030 510600313030 5104001f 510320 5105000041"));
}

TEST_CASE_METHOD(EncodeFixture, "tagged strings come back as they went") {
  for (const char* value : {"31", "1f", "00", "0041", "20", "011f"})
    for (int tag : {AttributeView::no_tag, 1, 31}) {
      INFO(value << " " << tag);
      add(definitions.tunnel_group, unhex(value), tag);
      decode(unhex(encoded()));
      REQUIRE(list.size() == 1);
      CHECK(to_hex(list.at(0).value) == value);
      CHECK(list.at(0).tag == tag);
      list.clear();
    }
}

// C-7, C-8
TEST_CASE_METHOD(EncodeFixture, "salted values are hidden, each with a salt of its own", "[AUTH-14]") {
  add(definitions.tunnel_password, "tunnelpw", 1);
  add(definitions.tunnel_password, "0123456789abcdef", 2);
  std::vector<uint8_t> receive_key, send_key;
  for (uint8_t i = 0; i < 32; ++i) {
    receive_key.push_back(static_cast<uint8_t>(0x40 + i));
    send_key.push_back(static_cast<uint8_t>(0x60 + i));
  }
  add(definitions.ms_receive_key, receive_key);
  add(definitions.ms_send_key, send_key);
  CHECK(encoded() ==
        to_hex(joined({vector("C-7a").octets, vector("C-7b").octets, vector("C-8a").octets, vector("C-8b").octets})));
}

TEST_CASE_METHOD(EncodeFixture, "Tunnel-Password has a tag octet even without a tag", "[COD-24]") {
  add(definitions.tunnel_password, "tunnelpw");
  std::string octets = encoded();
  CHECK(octets.substr(0, 10) == "4515008001");
  decode(unhex(octets));
  CHECK(text_of(list.at(0).value) == "tunnelpw");
  CHECK(list.at(0).tag == AttributeView::no_tag);
}

TEST_CASE_METHOD(EncodeFixture, "where values travel in the clear nothing is hidden") {
  add(definitions.user_password, "hello");
  add(definitions.tunnel_password, "tunnelpw", 1);
  CHECK(encoded(false) == hex_of("020768656c6c6f 450b0174756e6e656c7077"));
}

TEST_CASE_METHOD(EncodeFixture, "an empty password is hidden, not left out") {
  add(definitions.user_password, "");
  CHECK(encoded() == to_hex(vector("C-1e").octets));
}

TEST_CASE_METHOD(EncodeFixture, "text and octets of length 0 are left out", "[COD-11]") {
  add(definitions.reply_message, "");
  CHECK(encoded() == "");
  add(definitions.session_octets, "");
  add(definitions.user_name, "bob");
  add(definitions.eap_message, "");
  CHECK(encoded() == "0105626f62");
  add(definitions.ms_challenge, "");
  CHECK(encoded() == "");
}

TEST_CASE_METHOD(EncodeFixture, "NUL octets go out", "[COD-10]") {
  add(definitions.user_name, unhex("610062"));
  CHECK(encoded() == "0105610062");
}

TEST_CASE_METHOD(EncodeFixture, "253 octets fit an attribute") {
  add(definitions.reply_message, filled(253, 'x'));
  CHECK(encoded() == "12ff" + to_hex(filled(253, 'x')));
}

TEST_CASE_METHOD(EncodeFixture, "an EAP-Message is split into adjacent parts, in order", "[COD-15]") {
  std::vector<uint8_t> eap = joined({filled(253, 1), filled(253, 2), filled(94, 3)});
  add(definitions.eap_message, eap);
  add(definitions.user_name, "bob");
  std::string octets = encoded();
  CHECK(octets == "4fff" + to_hex(filled(253, 1)) + "4fff" + to_hex(filled(253, 2)) + "4f60" + to_hex(filled(94, 3)) +
                      "0105626f62");
  decode(unhex(octets));
  REQUIRE(list.size() == 2);
  CHECK(to_hex(list.at(0).value) == to_hex(eap));
}

TEST_CASE_METHOD(EncodeFixture, "exactly one part is not followed by an empty one") {
  add(definitions.eap_message, filled(253, 1));
  CHECK(encoded() == "4fff" + to_hex(filled(253, 1)));
}

TEST_CASE_METHOD(EncodeFixture, "a long-extended value is fragmented when it must be, and comes back whole",
                 "[COD-18][COD-19]") {
  for (size_t size : {1u, 250u, 251u, 252u, 502u, 503u, 4000u}) {
    INFO(size);
    std::vector<uint8_t> value;
    for (size_t i = 0; i < size; ++i) value.push_back(static_cast<uint8_t>(i * 7));
    add(definitions.long_octets, value);
    std::vector<uint8_t> octets = unhex(encoded());
    size_t fragments = (size + 250) / 251;
    CHECK(octets.size() == size + 4 * fragments);
    size_t left = fragments;
    for (Attribute attribute : AttributeRange(octets)) {
      --left;
      CHECK(attribute.type == 245);
      CHECK(attribute.value[0] == 4);
      CHECK(attribute.value[1] == (left > 0 ? 0x80 : 0));
      CHECK((left == 0 || attribute.value.size() == 253));
    }
    decode(octets);
    REQUIRE(list.size() == 1);
    CHECK(to_hex(list.at(0).value) == to_hex(value));
    list.clear();
  }
}

TEST_CASE_METHOD(EncodeFixture, "a TLV that is too long for its container is refused where fragments cannot help") {
  begin_group(definitions.extended_tlv);
  add(definitions.tlv_octets_1, filled(200, 1));
  add(definitions.tlv_octets_2, filled(100, 2));
  CHECK(list.end_group() == ListError::Range);
  CHECK(list.empty());
  // What is hidden in it may make it too long only when it is hidden.
  begin_group(definitions.extended_tlv);
  AttributeDefinition& hidden = definitions.add(definitions.extended_tlv, 9, DataType::OctetString, "Tlv-Secret");
  hidden.hiding = Hiding::TunnelPassword;
  definitions.extended_tlv.holds_hidden = true;
  for (int i = 0; i < 20; ++i) add(hidden, filled(10, 1));
  end_group();
  CHECK(encoded() == "too long");
  list.clear();
  begin_group(definitions.long_tlv);
  add(definitions.long_tlv_octets, filled(200, 1));
  add(definitions.long_tlv_octets_2, filled(100, 2));
  end_group();
  CHECK(encoded() == hex_of("f5ff0280") + "01ca" + to_hex(filled(200, 1)) + "0266" + to_hex(filled(47, 2)) +
                         hex_of("f5390200") + to_hex(filled(53, 2)));
}

TEST_CASE_METHOD(EncodeFixture, "an internal attribute is refused") {
  add(definitions.control, "secret");
  CHECK(encoded() == "internal");
}

TEST_CASE_METHOD(EncodeFixture, "a packet that is full is full to the last octet") {
  add(definitions.user_name, "bob");
  CHECK(encoded(true, 5) == "0105626f62");
  add(definitions.user_name, "bob");
  CHECK(encoded(true, 4) == "no room");
  list.clear();
  begin_group(definitions.microsoft);
  add(definitions.ms_challenge, "a");
  add(definitions.ms_challenge, "b");
  end_group();
  CHECK(encoded(true, 12) == hex_of("1a0c00000137 0b0361 0b0362"));
  begin_group(definitions.microsoft);
  add(definitions.ms_challenge, "a");
  add(definitions.ms_challenge, "b");
  end_group();
  CHECK(encoded(true, 11) == "no room");
}

TEST_CASE_METHOD(EncodeFixture, "the longest password takes eight blocks, or as many octets as it has") {
  add(definitions.user_password, filled(128, 'a'));
  CHECK(encoded() == to_hex(vector("C-1d").octets));
  add(definitions.user_password, filled(128, 'a'));
  CHECK(encoded(false) == "0282" + to_hex(filled(128, 'a')));
}

TEST_CASE_METHOD(EncodeFixture, "a TLV's number goes out as it is", "[COD-22]") {
  add(definitions.long_tlv_tlv_text, "x");
  CHECK(encoded() == hex_of("f509 02 00 0305 0203 78"));
}

TEST_CASE_METHOD(EncodeFixture, "an array's values share attributes as long as they fit") {
  for (uint8_t i = 0; i < 64; ++i) add(definitions.addresses, {192, 0, 2, i});
  std::vector<uint8_t> octets = unhex(encoded(false));
  CHECK(octets.size() == 2 + 63 * 4 + 2 + 4);
  CHECK(octets[1] == 254);
}
