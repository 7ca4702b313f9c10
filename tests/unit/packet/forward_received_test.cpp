// SPDX-License-Identifier: Apache-2.0
/// Received attributes are sent on.
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

TEST_CASE_METHOD(CodecFixture, "what has no room is not forwarded") {
  std::vector<uint8_t> sent = unhex("010361 010362 010363");
  received.begin(sent, definitions.root, &key);
  std::vector<uint8_t> buffer(sent.size() - 1);
  Writer writer(buffer);
  CHECK_FALSE(received.forward_to(key, writer));
  CHECK(writer.size() == 0);
}
