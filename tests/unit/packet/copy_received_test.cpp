// SPDX-License-Identifier: Apache-2.0
// Values that do not lie in one piece in the packet, and lists made of received attributes.
#include "catch.h"
#include "packet/definitions.h"
#include "packet/encode.h"
#include "packet/packet.h"
#include "packet/received_attributes.h"
#include "support/hex.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture {
  Definitions definitions;
  DigestLibrary library;
  Md5 md5{library};
  SharedSecret secret{octets_of("xyzzy5461"), md5};
  SharedSecret other_secret{octets_of("other"), md5};
  std::vector<uint8_t> authenticator = unhex("000102030405060708090a0b0c0d0e0f");
  HidingKey key{secret, authenticator, md5};
  SaltSource salts{0x8000};

  static std::string shown(const AttributeView& view) {
    std::string name = view.definition == nullptr ? std::to_string(view.top) + "." + std::to_string(view.type)
                                                  : std::string(view.definition->name);
    if (view.tag != AttributeView::no_tag) name += ":" + std::to_string(view.tag);
    return name + (view.invalid ? "!=" : "=") + to_hex(view.value) + " ";
  }

  void show_children(ReceivedAttributes& received, const AttributeView& view, std::string& text) {
    AttributeView child;
    while (received.next_child(view, child)) {
      bool holds_hidden = child.definition != nullptr && child.definition->holds_hidden && !child.invalid;
      text += "/" + (holds_hidden ? std::string(child.definition->name) + " " : shown(child));
      if (holds_hidden) show_children(received, child, text);
    }
  }

  /// All that an iteration gives, and what TLVs hold whose octets change with every hiding.
  std::string all(Octets octets, const HidingKey* hiding) {
    ReceivedAttributes received;
    REQUIRE(attributes_fill(octets));
    received.begin(octets, definitions.root, hiding);
    std::string text;
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) {
      bool holds_hidden = view.definition != nullptr && view.definition->holds_hidden && !view.invalid;
      text += holds_hidden ? std::string(view.definition->name) + " " : shown(view);
      if (holds_hidden) show_children(received, view, text);
    }
    return text;
  }
  std::string all(std::string_view digits) { return all(unhex(digits), &key); }

  std::vector<uint8_t> encode(const AttributeList& list, const HidingKey* hiding) {
    std::vector<uint8_t> octets(Packet::maximum_size);
    Writer writer(octets);
    for (size_t i = 0; i < list.size();) {
      EncodeResult encoded = encode_attribute(list, i, hiding, salts, writer);
      REQUIRE(!encoded.error);
      i = encoded.next;
    }
    octets.resize(writer.size());
    return octets;
  }

  std::vector<uint8_t> copied(Octets octets, const HidingKey* from, const HidingKey* to) {
    ReceivedAttributes received;
    received.begin(octets, definitions.root, from);
    AttributeList list;
    REQUIRE(!received.copy_to(list));
    return encode(list, to);
  }
};

// Vendor-Specific of WiMAX, with sub-attributes in hexadecimal behind it.
std::string wimax(const std::string& subs) {
  char header[16];
  std::snprintf(header, sizeof header, "1a%02x000060b5", static_cast<unsigned>(6 + subs.size() / 2));
  return header + subs;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a value with the continuation bit goes on in the vendor's next sub-attribute") {
  CHECK(all(wimax("050580aabb") + wimax("050400cc")) == "WiMAX-Octets=aabbcc ");
  CHECK(all(wimax("050580aabb") + "0103aa" + wimax("050480cc") + wimax("050400dd")) ==
        "WiMAX-Octets=aabbccdd User-Name=aa ");
  CHECK(all(wimax("050480aa050400bb050400cc")) == "WiMAX-Octets=aabb WiMAX-Octets=cc ");
  CHECK(all(wimax("090480aa") + wimax("090400bb")) == "26.9=aabb ");
}

TEST_CASE_METHOD(Fixture, "a value whose continuation does not come is invalid, as it lies there") {
  std::string lone = wimax("050480aa");
  CHECK(all(lone) == "Vendor-Specific!=" + lone.substr(4) + " ");
  std::string other = wimax("060400ff");
  CHECK(all(lone + other + wimax("050400bb")) ==
        "Vendor-Specific!=" + lone.substr(4) + " WiMAX-Tlv!=ff WiMAX-Octets=bb ");
}

TEST_CASE_METHOD(Fixture, "an array's values come out one by one, in a vendor's attribute too") {
  CHECK(all("a00ac0000201c0000202") == "Addresses=c0000201 Addresses=c0000202 ");
  CHECK(all("a006c0000201") == "Addresses=c0000201 ");
  CHECK(all("a007c0000201ff") == "Addresses!=c0000201ff ");
  CHECK(all("a002") == "Addresses!= ");
  CHECK(all("1a1600000137330ac0000201c0000202070600000001") ==
        "MS-Servers=c0000201 MS-Servers=c0000202 MS-MPPE-Encryption-Policy=00000001 ");
}

TEST_CASE_METHOD(Fixture, "find gives each value of an array") {
  std::vector<uint8_t> octets = unhex(
      "a00ac0000201c0000202"
      "0103aa"
      "a006c0000203");
  ReceivedAttributes received;
  received.begin(octets, definitions.root, nullptr);
  AttributeView view;
  std::string values;
  for (bool more = received.find(definitions.addresses, view); more;
       more = received.find_next(definitions.addresses, view))
    values += to_hex(view.value).substr(6);
  CHECK(values == "010203");
}

TEST_CASE_METHOD(Fixture, "an array's values share attributes as long as they fit") {
  AttributeList list;
  for (uint8_t i = 0; i < 64; ++i) REQUIRE(!list.add(definitions.addresses, std::vector<uint8_t>{192, 0, 2, i}));
  std::vector<uint8_t> octets = encode(list, nullptr);
  CHECK(octets.size() == 2 + 63 * 4 + 2 + 4);
  CHECK(octets[1] == 254);
}

TEST_CASE_METHOD(Fixture, "what is hidden in a TLV is hidden on the way, and revealed") {
  AttributeList list;
  REQUIRE(!list.begin_group(definitions.wimax_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_number, unhex("0102")));
  REQUIRE(!list.add(definitions.wimax_tlv_key, unhex("a1a2a3")));
  REQUIRE(!list.begin_group(definitions.wimax_tlv_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_tlv_key, octets_of("secret")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.end_group());
  std::vector<uint8_t> octets = encode(list, &key);
  const std::string clear = "WiMAX-Tlv /WiMAX-Tlv-Number=0102 /WiMAX-Tlv-Key=a1a2a3 /WiMAX-Tlv-Tlv ";
  CHECK(to_hex(octets).find("a1a2a3") == std::string::npos);
  CHECK(all(octets, &key).starts_with(clear));
  CHECK(all(octets, &key).ends_with("/WiMAX-Tlv-Tlv-Key=" + to_hex(octets_of("secret")) + " "));
  // Another secret reveals something else.
  HidingKey wrong{other_secret, authenticator, md5};
  CHECK_FALSE(all(octets, &wrong).starts_with(clear));
  // RADIUS/1.1 hides nothing.
  std::vector<uint8_t> open = encode(list, nullptr);
  CHECK(all(open, nullptr).starts_with(clear));
}

TEST_CASE_METHOD(Fixture, "a hidden value in a TLV that cannot be one is invalid") {
  CHECK(all(wimax("060700"
                  "0204aabb")) == "WiMAX-Tlv /WiMAX-Tlv-Key!=aabb ");
}

TEST_CASE_METHOD(Fixture, "what cannot be understood is copied as it lies there") {
  for (const std::string& octets : {std::string("c803ff"),                      // unknown
                                    std::string("0403aa"),                      // invalid
                                    std::string("0102"),                        // empty text
                                    std::string("1a0900000009010311"),          // an unknown vendor
                                    std::string("1a0c0000013763031107040000"),  // one unknown of two
                                    std::string("f1040900"),                    // unknown extended
                                    std::string("f50400") + "80",               // a fragment alone
                                    wimax("050480aa") + wimax("050400bb"),      // a vendor's split value
                                    wimax("050480aa")}) {
    if (!attributes_fill(unhex(octets))) continue;
    INFO(octets);
    CHECK(to_hex(copied(unhex(octets), &key, &key)) == octets);
  }
  std::string fragment = "f5ff0980" + std::string(2 * 251, 'a');
  std::string unknown = fragment + "0103aa" + "f5040900" + "ff";
  unknown.replace(unknown.size() - 10, 10, "f5050900ff");
  CHECK(to_hex(copied(unhex(unknown), &key, &key)) == unknown);
}

TEST_CASE_METHOD(Fixture, "what is understood is copied by its value, and hidden anew") {
  AttributeList list;
  REQUIRE(!list.add(definitions.user_password, octets_of("secret")));
  REQUIRE(!list.add(definitions.tunnel_password, octets_of("other secret"), 3));
  REQUIRE(!list.begin_group(definitions.microsoft));
  REQUIRE(!list.add(definitions.ms_send_key, unhex("a1a2a3")));
  REQUIRE(!list.add(definitions.ms_policy, unhex("00000001")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.begin_group(definitions.wimax_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_key, unhex("b1b2")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.add(definitions.long_octets, std::vector<uint8_t>(600, 7)));
  std::vector<uint8_t> octets = encode(list, &key);

  HidingKey to{other_secret, authenticator, md5};
  std::vector<uint8_t> again = copied(octets, &key, &to);
  CHECK(again != octets);
  CHECK(again.size() == octets.size());
  CHECK(all(again, &to) == all(octets, &key));
  CHECK(all(again, &key) != all(octets, &key));
}

TEST_CASE_METHOD(Fixture, "what is hidden in TLVs and in split values is hidden anew where it lies") {
  AttributeDefinition& secret_text = definitions.add(definitions.long_1, 30, DataType::Text, "Long-Tunnel-Secret");
  secret_text.hiding = Hiding::TunnelPassword;
  AttributeList list;
  REQUIRE(!list.begin_group(definitions.wimax_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_key, unhex("b1b2")));
  REQUIRE(!list.begin_group(definitions.wimax_tlv_tlv));
  REQUIRE(!list.add(definitions.wimax_tlv_tlv_key, octets_of("secret")));
  REQUIRE(!list.end_group());
  REQUIRE(!list.end_group());
  REQUIRE(!list.add(secret_text, std::vector<uint8_t>(200, 's')));
  std::vector<uint8_t> sent = encode(list, &key);
  // One more, with so much padding that it needs two fragments.
  std::vector<uint8_t> hidden(2 + 16 * 16);
  hide(Hiding::TunnelPassword, std::vector<uint8_t>(230, 't'), hidden, 0x9000, key);
  sent.insert(sent.end(), {245, 255, 30, 0x80});
  sent.insert(sent.end(), hidden.begin(), hidden.begin() + 251);
  sent.insert(sent.end(), {245, 4 + 7, 30, 0});
  sent.insert(sent.end(), hidden.begin() + 251, hidden.end());
  CHECK(all(sent, &key).ends_with(to_hex(std::vector<uint8_t>(230, 't')) + " "));

  HidingKey to{other_secret, authenticator, md5};
  ReceivedAttributes received;
  received.begin(sent, definitions.root, &key);
  std::vector<uint8_t> buffer(sent.size());
  Writer writer(buffer);
  REQUIRE(received.forward_to(to, writer));
  CHECK(all(buffer, &key) != all(sent, &key));
  CHECK(all(buffer, &to) == all(sent, &key));
}
