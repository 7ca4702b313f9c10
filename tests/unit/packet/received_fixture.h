// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/codec_fixture.h"

namespace radhost::test {

/// One packet's attributes, which were received and are looked at.
struct ReceivedFixture : CodecFixture {
  std::vector<uint8_t> octets;

  void begin(std::vector<uint8_t> attributes, bool hides = true) {
    octets = std::move(attributes);
    REQUIRE(attributes_fill(octets));
    received.begin(octets, definitions.root, hides ? &key : nullptr);
  }
  void begin(std::string_view digits) { begin(unhex(digits)); }

  /// All that an iteration gives; of a long value its size alone.
  std::string all() {
    std::string text;
    AttributeView view;
    for (bool more = received.first(view); more; more = received.next(view)) text += shortened(view);
    return text;
  }
  std::string all_of(std::string_view digits) {
    begin(digits);
    return all();
  }

  /// All that find and find_next give for one definition.
  std::string found(const AttributeDefinition& definition) {
    std::string text;
    AttributeView view;
    for (bool more = received.find(definition, view); more; more = received.find_next(definition, view))
      text += shortened(view);
    return text;
  }

  /// Iterating over everything and finding each definition must agree.
  void check_that_find_agrees() {
    std::string iterated, by_definition;
    definitions.each([&](const AttributeDefinition& definition) {
      AttributeView view;
      for (bool more = received.first(view); more; more = received.next(view))
        if (view.definition == &definition && !view.invalid) iterated += shortened(view);
      by_definition += found(definition);
    });
    CHECK(by_definition == iterated);
  }

 private:
  static std::string shortened(const AttributeView& view) {
    if (view.value.size() <= 20) return shown(view);
    return shown_name(view) + "=" + std::to_string(view.value.size()) + " octets ";
  }
};

}  // namespace radhost::test
