// SPDX-License-Identifier: Apache-2.0
/// What holds for every list and every packet when they are encoded and decoded, tried on random ones.
#include <map>
#include <set>

#include "packet/codec_fixture.h"
#include "packet/random_list.h"
#include "support/random_attributes.h"
#include "support/random_cases.h"

using namespace radhost;
using namespace radhost::test;

namespace {

using Bytes = std::vector<uint8_t>;

/// An attribute, and where it stands.
std::string shown_in_place(const AttributeView& view) {
  return std::to_string(view.top) + "/" + std::to_string(view.vendor) + "/" + std::to_string(view.type) + " " +
         shown(view);
}

/// RFC 8044 §3.4, §3.5: text and octets of length 0 are never sent.
bool is_left_out(const AttributeView& view) {
  DataType type = view.definition->type;
  bool has_any_size = type == DataType::Text || type == DataType::OctetString || type == DataType::ABinary;
  return view.value.empty() && !view.hidden() && has_any_size;
}

struct Fixture : CodecFixture {
  std::string decoded(Octets octets) { return read(octets, &key, shown_in_place); }

  /// The same list gives the same octets.
  Bytes encoded(const AttributeList& list) {
    salts = SaltSource(0x8001);
    return encode(list, &key);
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
  return shown_in_place(outermost);
}

std::string text_at_receiver(const AttributeList& list) {
  std::string text;
  for (size_t at = 0; at < list.size(); ++at)
    if (!is_left_out(list.at(at))) text += text_at_receiver(list.at(at));
  return text;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "what is encoded is what a receiver decodes") {
  AttributeList list;
  for_random_cases(2000, [&](Random& random) {
    list.clear();
    fill_with_random(random, definitions, list);
    CHECK(decoded(encoded(list)) == text_at_receiver(list));
  });
}

TEST_CASE_METHOD(Fixture, "a received list that this server encoded is encoded the same again, octet for octet") {
  AttributeList list;
  for_random_cases(2000, [&](Random& random) {
    list.clear();
    fill_with_random(random, definitions, list);
    Bytes sent = encoded(list);
    CHECK(to_hex(encoded(copy(sent))) == to_hex(sent));
  });
}

TEST_CASE_METHOD(Fixture, "what anybody encoded is decoded the same after it is encoded again") {
  for_random_cases(3000, [&](Random& random) {
    Bytes sent = random_attributes(random, Packet::maximum_size - Packet::header_size);
    INFO(to_hex(sent));
    CHECK(decoded(encoded(copy(sent))) == decoded(sent));
  });
}

TEST_CASE_METHOD(Fixture, "what is forwarded for the same secret is octet-identical, whatever it is") {
  for_random_cases(3000, [&](Random& random) {
    Bytes sent = random_attributes(random, Packet::maximum_size - Packet::header_size);
    CHECK(to_hex(forward(sent, key)) == to_hex(sent));
  });
}

TEST_CASE_METHOD(Fixture, "what is forwarded for another secret is read by it as it was read before") {
  Bytes other_authenticator = unhex("f0e0d0c0b0a090807060504030201000");
  HidingKey other{other_secret, other_authenticator};
  AttributeList list;
  for_random_cases(2000, [&](Random& random) {
    list.clear();
    fill_with_random(random, definitions, list);
    Bytes sent = encoded(list);
    std::string before = decoded(sent);
    Bytes there = forward(sent, other);
    CHECK(there.size() == sent.size());
    CHECK(read(there, &other, shown_in_place) == before);
  });
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
    std::map<const uint8_t*, bool> seen;  // where it begins; is it shown as a fragment of no value?
    received.begin(sent, definitions.root, &key);
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) {
      bool is_fragment = view.invalid && view.definition != nullptr && view.definition->type == DataType::LongExtended;
      Octets whole = received.raw(view);
      REQUIRE(whole.size() == whole[1]);
      seen[whole.data()] = is_fragment;
    }
    std::set<PartKey> joined_values;
    for (Attribute attribute : AttributeRange(sent)) {
      const AttributeDefinition* definition = definitions.root.child(attribute.type);
      bool may_be_split = definition != nullptr && (definition->concat || definition->type == DataType::LongExtended);
      auto here = seen.find(sent.data() + attribute.offset);
      if (here == seen.end() && may_continue(attribute)) continue;
      if (here == seen.end()) {
        INFO("octet " << attribute.offset << " begins an attribute that is not shown");
        REQUIRE(may_be_split);
        REQUIRE(joined_values.contains(part_key(*definition, attribute)));
      } else if (may_be_split && !here->second) {
        joined_values.insert(part_key(*definition, attribute));
      } else if (may_be_split && attribute.value.size() > 2) {  // one without data spoils nothing
        joined_values.erase(part_key(*definition, attribute));
      }
      if (here != seen.end()) seen.erase(here);
    }
    CHECK(seen.empty());
  });
}
