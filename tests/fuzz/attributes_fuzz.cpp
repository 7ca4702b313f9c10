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

std::string text_of_attributes(Dictionary& dictionary, Octets octets) {
  ReceivedAttributes received;
  received.begin(octets, dictionary.root(), nullptr);
  std::vector<std::string> pairs;
  AttributeView view;
  for (bool more = received.first(view); more; more = received.next(view))
    if (!changes(received, view)) print_pairs(dictionary, received, view, true, pairs);
  std::string text;
  for (const std::string& pair : pairs) text += pair + "\n";
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Octets octets{data, size};
  if (size > 4076 || !attributes_fill(octets)) return 0;
  Dictionary& dictionary = fuzz::small_dictionary();

  std::string text = text_of_attributes(dictionary, octets);
  auto pairs = parse_pairs(text);
  FUZZ_ASSERT(pairs.ok());
  AttributeList list;
  FUZZ_ASSERT(add_pairs(dictionary, *pairs, list).empty());

  std::vector<uint8_t> buffer(65536);
  Writer writer(buffer);
  SaltSource salts(1);
  FUZZ_ASSERT(!test::encode_list(list, nullptr, salts, writer));
  FUZZ_ASSERT(attributes_fill(writer.written()));
  FUZZ_ASSERT(text_of_attributes(dictionary, writer.written()) == text);
  return 0;
}
