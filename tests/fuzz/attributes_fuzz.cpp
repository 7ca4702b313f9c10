// SPDX-License-Identifier: Apache-2.0
/// Attributes become text, text becomes a list, the list becomes attributes: those must be the same list again.
#include "dictionary/notation.h"
#include "packet/received_attributes.h"
#include "small_dictionary.h"
#include "support/encode_list.h"

using namespace radhost;

namespace {

/// A secret that came in the clear may be longer than what can be hidden.
bool has_long_secret(ReceivedAttributes& received, const AttributeView& view) {
  if (view.definition == nullptr || view.invalid) return false;
  if (view.hidden()) return view.value.size() > 16;
  AttributeView child;
  while (view.definition->holds_hidden && received.next_child(view, child))
    if (has_long_secret(received, child)) return true;
  return false;
}

/// What comes back otherwise than it went: empty values are not sent (RFC 8044 §3.4), 0.0.0.0 goes out with a
/// Prefix-Length of 32 (RFC 8044 §3.11).
bool changes(ReceivedAttributes& received, const AttributeView& view) {
  return view.value.empty() || has_long_secret(received, view) || (view.top == 155 && !view.invalid);
}

/// Attributes as text, but for those that would come back otherwise.
struct Text {
  std::string pairs;
  bool is_whole = true;
};
Text text_of_attributes(Dictionary& dictionary, Octets octets) {
  ReceivedAttributes received;
  received.begin(octets, dictionary.root(), nullptr);
  std::vector<std::string> pairs;
  Text text;
  AttributeView view;
  for (bool more = received.first(view); more; more = received.next(view)) {
    if (changes(received, view)) text.is_whole = false;
    else print_pairs(dictionary, received, view, true, pairs);
  }
  for (const std::string& pair : pairs) text.pairs += pair + "\n";
  return text;
}

std::vector<uint8_t> attributes_of_text(Dictionary& dictionary, const std::string& text) {
  auto pairs = parse_pairs(text);
  FUZZ_ASSERT(pairs.ok());
  AttributeList list;
  FUZZ_ASSERT(add_pairs(dictionary, *pairs, list).empty());
  std::vector<uint8_t> buffer(65536);
  Writer writer(buffer);
  SaltSource salts(1);
  FUZZ_ASSERT(!test::encode_list(list, nullptr, salts, writer));
  FUZZ_ASSERT(attributes_fill(writer.written()));
  buffer.resize(writer.size());
  return buffer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Octets octets{data, size};
  if (size > 4076 || !attributes_fill(octets)) return 0;
  Dictionary& dictionary = fuzz::small_dictionary();

  Text text = text_of_attributes(dictionary, octets);
  std::vector<uint8_t> again = attributes_of_text(dictionary, text.pairs);
  // Without what was left out, an attribute that cannot be taken apart may have another neighbour, and be read
  // otherwise: what holds for all holds for what has come of it.
  if (!text.is_whole) {
    text = text_of_attributes(dictionary, again);
    if (!text.is_whole) return 0;
    again = attributes_of_text(dictionary, text.pairs);
  }
  FUZZ_ASSERT(text_of_attributes(dictionary, again).pairs == text.pairs);
  return 0;
}
