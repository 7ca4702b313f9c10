// SPDX-License-Identifier: Apache-2.0
/// Any text is a dictionary or a list of mistakes; what it defines can be looked up again.
#include "small_dictionary.h"

using namespace radhost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Dictionary dictionary;
  for (const DictionaryError& error : parse_dictionary_text(text_of({data, size}), "fuzz", dictionary))
    FUZZ_ASSERT(error.line > 0 && !error.message.empty());
  dictionary.finish();
  for (uint32_t id = 1; id <= dictionary.attribute_count(); ++id) {
    const AttributeDefinition& attribute = *dictionary.by_id(id);
    FUZZ_ASSERT(attribute.id == id);
    FUZZ_ASSERT(dictionary.find(attribute.name) != nullptr);
    FUZZ_ASSERT(attribute.parent->child(attribute.number) != nullptr);
    for (auto [value, name] : dictionary.values(attribute)) {
      FUZZ_ASSERT(dictionary.value_by_name(attribute, name).has_value());
      FUZZ_ASSERT(!dictionary.name_by_value(attribute, value).empty());
    }
  }
  return 0;
}
