// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/codec_fixture.h"

namespace radhost::test {

/// Octets as to_hex writes them, from digits with blanks between them.
inline std::string hex_of(std::string_view digits) { return to_hex(unhex(digits)); }

/// One list, which is filled and then encoded.
struct EncodeFixture : CodecFixture {
  static constexpr AttributeList::Outcome done = std::nullopt;
  AttributeList list;

  void add(const AttributeDefinition& definition, const std::vector<uint8_t>& value, int tag = AttributeView::no_tag) {
    REQUIRE(list.add(definition, value, tag) == done);
  }
  void add(const AttributeDefinition& definition, std::string_view text, int tag = AttributeView::no_tag) {
    add(definition, bytes(text), tag);
  }
  void begin_group(const AttributeDefinition& definition) { REQUIRE(list.begin_group(definition) == done); }
  void end_group() { REQUIRE(list.end_group() == done); }

  /// The list on the wire, hexadecimal; the list is empty then.
  std::string encoded(bool hides = true, size_t room = Packet::maximum_size - Packet::header_size) {
    std::vector<uint8_t> buffer(room);
    Writer writer(buffer);
    std::optional<EncodeError> error = encode_list(list, hides ? &key : nullptr, salts, writer);
    if (error == EncodeError::NoRoom) return "no room";
    if (error == EncodeError::TooLong) return "too long";
    if (error == EncodeError::Internal) return "internal";
    list.clear();
    REQUIRE(writer.ok());
    CHECK(attributes_fill(writer.written()));
    return to_hex(writer.written());
  }

  /// What a receiver makes of octets, added to the list again.
  void decode(const std::vector<uint8_t>& octets) {
    received.begin(octets, definitions.root, &key);
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) {
      REQUIRE(view.definition != nullptr);
      REQUIRE_FALSE(view.invalid);
      REQUIRE(list.add(*view.definition, view.value, view.tag) == done);
    }
  }
};

}  // namespace radhost::test
