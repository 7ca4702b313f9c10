// SPDX-License-Identifier: Apache-2.0
/// What holds for every list and every packet when they are encoded and decoded, tried on random ones.
#include <map>
#include <set>

#include "catch.h"
#include "packet/encode.h"
#include "packet/packet.h"
#include "packet/random_list.h"
#include "packet/received_attributes.h"
#include "support/hex.h"
#include "support/random_attributes.h"
#include "support/random_cases.h"

using namespace radhost;
using namespace radhost::test;

namespace {

using Bytes = std::vector<uint8_t>;
using Texts = std::vector<std::string>;

std::string text_of_view(const AttributeView& view) {
  std::string name = view.definition == nullptr ? "unknown" : std::string(view.definition->name);
  std::string place = std::to_string(view.top) + "/" + std::to_string(view.vendor) + "/" + std::to_string(view.type);
  std::string tag = view.tag == AttributeView::no_tag ? "" : ":" + std::to_string(view.tag);
  return name + " " + place + tag + (view.invalid ? " invalid " : " ") + to_hex(view.value);
}

/// RFC 8044 §3.4, §3.5: text and octets of length 0 are never sent.
bool is_left_out(const AttributeView& view) {
  DataType type = view.definition->type;
  bool has_any_size = type == DataType::Text || type == DataType::OctetString || type == DataType::ABinary;
  return view.value.empty() && !view.hidden() && has_any_size;
}

struct Fixture {
  Definitions definitions;
  DigestLibrary library;
  Md5 md5{library};
  SharedSecret secret{octets_of("xyzzy5461"), md5};
  Bytes authenticator = unhex("000102030405060708090a0b0c0d0e0f");
  HidingKey key{secret, authenticator, md5};
  ReceivedAttributes received;

  template <class Visitor>
  void each_received(Octets octets, const HidingKey& reader, Visitor visit) {
    received.begin(octets, definitions.root, &reader);
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) visit(view);
  }

  Texts decoded(Octets octets) { return decoded(octets, key); }
  Texts decoded(Octets octets, const HidingKey& reader) {
    Texts texts;
    each_received(octets, reader, [&](const AttributeView& view) { add_texts(view, texts); });
    return texts;
  }

  /// A TLV that holds what is hidden has other octets every time: its parts are shown instead.
  void add_texts(AttributeView view, Texts& texts) {
    bool has_parts = view.definition != nullptr && view.definition->holds_hidden && !view.invalid;
    AttributeView whole = view;
    if (has_parts) view.value = {};
    texts.push_back(text_of_view(view));
    AttributeView child;
    while (has_parts && received.next_child(whole, child)) add_texts(child, texts);
  }

  Bytes forwarded(Octets octets, const HidingKey& to) {
    received.begin(octets, definitions.root, &key);
    Bytes buffer(octets.size());
    Writer writer(buffer);
    REQUIRE(received.forward_to(to, writer));
    REQUIRE(writer.size() == octets.size());
    return buffer;
  }

  AttributeList decoded_list(Octets octets) {
    AttributeList list;
    received.begin(octets, definitions.root, &key);
    REQUIRE_FALSE(received.copy_to(list).has_value());
    return list;
  }

  Bytes encoded(const AttributeList& list) {
    Bytes buffer(Packet::maximum_size - Packet::header_size);
    Writer writer(buffer);
    SaltSource salts(0x8001);
    for (size_t at = 0; at < list.size();) {
      EncodeResult result = encode_attribute(list, at, &key, salts, writer);
      INFO(text_of_view(list.at(at)));
      REQUIRE_FALSE(result.error.has_value());
      at = result.next;
    }
    REQUIRE(attributes_fill(writer.written()));
    buffer.resize(writer.size());
    return buffer;
  }
};

/// How a receiver sees an attribute of a list: a child of TLVs comes within the outermost of them.
std::string text_at_receiver(const AttributeView& view) {
  Bytes value(view.value.begin(), view.value.end());
  AttributeView outermost = view;
  while (outermost.definition->parent->type == DataType::Tlv) {
    value.insert(value.begin(),
                 {static_cast<uint8_t>(outermost.definition->number), static_cast<uint8_t>(value.size() + 2)});
    outermost.definition = outermost.definition->parent;
  }
  outermost.type = outermost.definition->number;
  outermost.value = value;
  return text_of_view(outermost);
}

Texts texts_at_receiver(const AttributeList& list) {
  Texts texts;
  for (size_t at = 0; at < list.size(); ++at)
    if (!is_left_out(list.at(at))) texts.push_back(text_at_receiver(list.at(at)));
  return texts;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "what is encoded is what a receiver decodes") {
  AttributeList list;
  for_random_cases(2000, [&](Random& random) {
    list.clear();
    fill_with_random(random, definitions, list);
    CHECK(decoded(encoded(list)) == texts_at_receiver(list));
  });
}

TEST_CASE_METHOD(Fixture, "a received list that this server encoded is encoded the same again, octet for octet") {
  AttributeList list;
  for_random_cases(2000, [&](Random& random) {
    list.clear();
    fill_with_random(random, definitions, list);
    Bytes sent = encoded(list);
    CHECK(to_hex(encoded(decoded_list(sent))) == to_hex(sent));
  });
}

TEST_CASE_METHOD(Fixture, "what anybody encoded is decoded the same after it is encoded again") {
  for_random_cases(3000, [&](Random& random) {
    Bytes sent = random_attributes(random, Packet::maximum_size - Packet::header_size);
    INFO(to_hex(sent));
    CHECK(decoded(encoded(decoded_list(sent))) == decoded(sent));
  });
}

TEST_CASE_METHOD(Fixture, "what is forwarded for the same secret is octet-identical, whatever it is") {
  for_random_cases(3000, [&](Random& random) {
    Bytes sent = random_attributes(random, Packet::maximum_size - Packet::header_size);
    CHECK(to_hex(forwarded(sent, key)) == to_hex(sent));
  });
}

TEST_CASE_METHOD(Fixture, "what is forwarded for another secret is read by it as it was read before") {
  SharedSecret other_secret(octets_of("another secret"), md5);
  Bytes other_authenticator = unhex("f0e0d0c0b0a090807060504030201000");
  HidingKey other{other_secret, other_authenticator, md5};
  AttributeList list;
  for_random_cases(2000, [&](Random& random) {
    list.clear();
    fill_with_random(random, definitions, list);
    Bytes sent = encoded(list);
    Texts before = decoded(sent);
    Bytes there = forwarded(sent, other);
    CHECK(there.size() == sent.size());
    CHECK(decoded(there, other) == before);
  });
}

TEST_CASE_METHOD(Fixture, "what has no room is not forwarded") {
  Bytes sent = unhex(
      "0103610103620103"
      "63");
  received.begin(sent, definitions.root, &key);
  Bytes buffer(sent.size() - 1);
  Writer writer(buffer);
  CHECK_FALSE(received.forward_to(key, writer));
  CHECK(writer.size() == 0);
}

namespace {

/// Where a value may be split, its parts are known by these: the type, and of a long-extended one the Extended-Type.
using PartKey = std::pair<uint8_t, uint8_t>;
PartKey part_key(const AttributeDefinition& definition, const Attribute& attribute) {
  bool has_extended_type = definition.type == DataType::LongExtended && !attribute.value.empty();
  return {attribute.type, has_extended_type ? attribute.value[0] : uint8_t{0}};
}

/// May an attribute hold a later part of its vendor's value, and nothing else?
bool may_continue(const Attribute& attribute) {
  return attribute.type == attribute_type::vendor_specific && to_hex(attribute.value).starts_with("000060b5");
}

}  // namespace

TEST_CASE_METHOD(Fixture, "raw gives every attribute as received, but for the later parts of values that were joined") {
  for_random_cases(3000, [&](Random& random) {
    Bytes sent = random_attributes(random, Packet::maximum_size - Packet::header_size);
    INFO(to_hex(sent));
    std::map<const uint8_t*, bool> shown;  // where it begins; is it shown as a fragment of no value?
    each_received(sent, key, [&](const AttributeView& view) {
      bool is_fragment = view.invalid && view.definition != nullptr && view.definition->type == DataType::LongExtended;
      Octets whole = received.raw(view);
      REQUIRE(whole.size() == whole[1]);
      shown[whole.data()] = is_fragment;
    });
    std::set<PartKey> joined_values;
    for (Attribute attribute : AttributeRange(sent)) {
      const AttributeDefinition* definition = definitions.root.child(attribute.type);
      bool may_be_split = definition != nullptr && (definition->concat || definition->type == DataType::LongExtended);
      auto here = shown.find(sent.data() + attribute.offset);
      if (here == shown.end() && may_continue(attribute)) continue;
      if (here == shown.end()) {
        INFO("octet " << attribute.offset << " begins an attribute that is not shown");
        REQUIRE(may_be_split);
        REQUIRE(joined_values.contains(part_key(*definition, attribute)));
      } else if (may_be_split && !here->second) {
        joined_values.insert(part_key(*definition, attribute));
      } else if (may_be_split && attribute.value.size() > 2) {  // one without data spoils nothing
        joined_values.erase(part_key(*definition, attribute));
      }
      if (here != shown.end()) shown.erase(here);
    }
    CHECK(shown.empty());
  });
}
