// SPDX-License-Identifier: Apache-2.0
/// Any text is pairs or a mistake; what was added to a list prints to text that adds the same again.
#include "dictionary/notation.h"
#include "small_dictionary.h"

using namespace radhost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto pairs = parse_pairs(text_of({data, size}));
  if (!pairs.ok()) {
    FUZZ_ASSERT(!pairs.error().empty());
    return 0;
  }
  Dictionary& dictionary = fuzz::small_dictionary();
  AttributeList list;
  for (const Pair& pair : *pairs) {
    size_t before = list.size();
    bool added = add_pair(dictionary, pair, list).empty();
    FUZZ_ASSERT(list.size() == before + (added ? 1 : 0));
  }
  for (size_t i = 0; i < list.size(); ++i) {
    AttributeView view = list.at(i);
    auto again = parse_pairs(print_pair(dictionary, view));
    FUZZ_ASSERT(again.ok() && again->size() == 1);
    AttributeList other;
    FUZZ_ASSERT(add_pair(dictionary, (*again)[0], other).empty());
    FUZZ_ASSERT(to_hex(other.at(0).value) == to_hex(view.value));
  }
  return 0;
}
