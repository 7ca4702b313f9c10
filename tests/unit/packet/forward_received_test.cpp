// SPDX-License-Identifier: Apache-2.0
/// Received attributes are sent on.
#include "packet/attribute_removal.h"
#include "packet/codec_fixture.h"
#include "packet/wire.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE_METHOD(CodecFixture, "what is hidden in TLVs and in split values is hidden anew where it lies") {
  AttributeDefinition& secret_text = definitions.add(definitions.long_1, 30, DataType::Text, "Long-Tunnel-Secret");
  secret_text.hiding = Hiding::TunnelPassword;
  AttributeList list;
  REQUIRE(!list.begin_group(definitions.wimax_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_key, unhex("b1b2")));
  REQUIRE(!list.begin_group(definitions.wimax_tlv_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_tlv_key, octets_of("secret")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.end_group());
  REQUIRE(!list.add(secret_text, filled(200, 's')));
  // One more, with so much padding that it needs two fragments.
  std::vector<uint8_t> hidden(2 + 16 * 16);
  hide(Hiding::TunnelPassword, filled(230, 't'), hidden, 0x9000, key);
  std::vector<uint8_t> sent =
      joined({encode(list, &key), fragment(245, 30, true, {hidden.begin(), hidden.begin() + 251}),
              fragment(245, 30, false, {hidden.begin() + 251, hidden.end()})});
  CHECK(read(sent, &key).ends_with(to_hex(filled(230, 't')) + " "));

  HidingKey to{other_secret, authenticator};
  std::vector<uint8_t> there = forward(sent, to);
  CHECK(read(there, &key) != read(sent, &key));
  CHECK(read(there, &to) == read(sent, &key));
}

namespace {

std::string without(std::string_view hex, std::initializer_list<const AttributeDefinition*> removed) {
  std::vector<uint8_t> octets = unhex(std::string(hex));
  REQUIRE(attributes_fill(octets));
  std::vector<const AttributeDefinition*> definitions(removed);
  size_t size = AttributeRemoval(definitions).apply(octets);
  REQUIRE(attributes_fill(Octets(octets).first(size)));
  return to_hex(Octets(octets).first(size));
}

}  // namespace

TEST_CASE_METHOD(CodecFixture, "an attribute is taken out wherever it stands, and nothing else", "[PRX-6]") {
  CHECK(without("010361 190362 010363 c80364", {&definitions.user_name}) == "190362c80364");
  CHECK(without("010361 190362", {&definitions.nas_ip}) == "010361190362");
  CHECK(without("010361 190362", {&definitions.user_name, &definitions.session_octets}).empty());
  CHECK(without("010361 190362", {}) == "010361190362");
}

TEST_CASE_METHOD(CodecFixture, "of a vendor's attributes that share one, the others stay") {
  CHECK(without("1a0f00000137 0b0361 070362 0b0363", {&definitions.ms_challenge}) == "1a0900000137070362");
  CHECK(without("1a0900000137 0b0361 010361", {&definitions.ms_challenge}) == "010361");
  CHECK(without("1a0900000138 0b0361", {&definitions.ms_challenge}) == "1a09000001380b0361");
  // Not well-formed: nobody knows what it holds.
  CHECK(without("1a0900000137 0b0961", {&definitions.ms_challenge}) == "1a09000001370b0961");
  CHECK(without("1a0900000137 0b0361 1a0900000138 0b0361", {&definitions.microsoft}) == "1a09000001380b0361");
  CHECK(without("1a0900000137 0b0361 010361", {&definitions.vsa}) == "010361");
}

TEST_CASE_METHOD(CodecFixture, "an extended attribute is taken out by its extended type, with all its parts") {
  CHECK(without("f1040161 f1040261", {&definitions.extended_text}) == "f1040261");
  AttributeDefinition& text = definitions.add(definitions.long_1, 30, DataType::Text, "Long-Text");
  CHECK(without("f5051e8061 f5051f8062 f5051e0063 f5051f0064", {&text}) == "f5051f8062f5051f0064");
}

TEST_CASE_METHOD(CodecFixture, "what stands within a TLV cannot be taken out alone, nor what is never on the wire") {
  CHECK_FALSE(AttributeRemoval::can_remove(definitions.tlv_octets_1));
  CHECK_FALSE(AttributeRemoval::can_remove(definitions.control));
  CHECK(AttributeRemoval::can_remove(definitions.extended_tlv));
  CHECK(AttributeRemoval::can_remove(definitions.ms_challenge));
}

TEST_CASE_METHOD(CodecFixture, "a copy leaves out what the host writes itself, where that is asked for") {
  std::vector<uint8_t> octets = unhex("010361 210361 c80364 2102 5012" + std::string(32, '0'));
  received.begin(octets, definitions.root, &key);
  AttributeList bare, whole;
  REQUIRE(!received.copy_to(bare, true));
  REQUIRE(!received.copy_to(whole));
  CHECK(to_hex(encode(bare, &key)) == "010361c80364");
  CHECK(encode(whole, &key) == octets);
}

TEST_CASE_METHOD(CodecFixture, "what has no room is not forwarded") {
  std::vector<uint8_t> sent = unhex("010361 010362 010363");
  received.begin(sent, definitions.root, &key);
  std::vector<uint8_t> buffer(sent.size() - 1);
  Writer writer(buffer);
  CHECK_FALSE(received.forward_to(key, writer));
  CHECK(writer.size() == 0);
}
