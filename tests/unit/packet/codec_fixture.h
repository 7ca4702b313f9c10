// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catch.h"
#include "packet/definitions.h"
#include "packet/hiding_fixture.h"
#include "packet/packet.h"
#include "packet/received_attributes.h"
#include "packet/shown.h"
#include "support/encode_list.h"

namespace radhost::test {

/// Lists become octets, and received octets are read, copied to a list, or forwarded.
struct CodecFixture : HidingFixture {
  Definitions definitions;
  SharedSecret other_secret{octets_of("another secret")};
  ReceivedAttributes received;
  SaltSource salts{0x8001};

  /// A list on the wire, hidden with a key, or in the clear without one.
  std::vector<uint8_t> encode(const AttributeList& list, const HidingKey* hiding) {
    std::vector<uint8_t> octets(Packet::maximum_size - Packet::header_size);
    Writer writer(octets);
    REQUIRE(encode_list(list, hiding, salts, writer) == std::nullopt);
    octets.resize(writer.size());
    REQUIRE(attributes_fill(octets));
    return octets;
  }

  /// All that a receiver with this key reads. The octets of a TLV that holds what is hidden change with every hiding:
  /// its parts are shown instead, each with a "/" before it.
  std::string read(Octets octets, const HidingKey* hiding, std::string (*show)(const AttributeView&) = shown) {
    REQUIRE(attributes_fill(octets));
    received.begin(octets, definitions.root, hiding);
    std::string text;
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) show_parts(view, show, text);
    return text;
  }

  /// What was hidden with `key`, as a list.
  AttributeList copy(Octets octets) {
    AttributeList list;
    received.begin(octets, definitions.root, &key);
    REQUIRE_FALSE(received.copy_to(list).has_value());
    return list;
  }

  /// What was hidden with `key`, as a proxy sends it on.
  std::vector<uint8_t> forward(Octets octets, const HidingKey& to) {
    received.begin(octets, definitions.root, &key);
    std::vector<uint8_t> sent(octets.size());
    Writer writer(sent);
    REQUIRE(received.forward_to(to, writer));
    REQUIRE(writer.size() == octets.size());
    return sent;
  }

 private:
  void show_parts(AttributeView view, std::string (*show)(const AttributeView&), std::string& text) {
    AttributeView whole = view;
    bool has_parts = view.definition != nullptr && view.definition->holds_hidden && !view.invalid;
    if (has_parts) view.value = {};
    text += show(view);
    AttributeView part;
    while (has_parts && received.next_child(whole, part)) {
      text += "/";
      show_parts(part, show, text);
    }
  }
};

}  // namespace radhost::test
