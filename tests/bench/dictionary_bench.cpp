// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "dictionary/parser.h"
#include "packet/packet.h"

namespace radhost::bench {

void register_dictionary(const Common& common) {
  const Dictionary& dictionary = common.dictionary;
  constexpr size_t compared_with = Packet::maximum_size;

  std::vector<const AttributeDefinition*> all;
  for (uint32_t id = 1; id <= dictionary.attribute_count(); ++id) all.push_back(dictionary.by_id(id));
  add("look up an attribute by name, one after the other", compared_with, [all, at = size_t{0}, &dictionary]() mutable {
    at = at + 1 == all.size() ? 0 : at + 1;
    benchmark::DoNotOptimize(dictionary.find(all[at]->name));
  });
  add("look up an attribute by number, one after the other", compared_with, [all, at = size_t{0}]() mutable {
    at = at + 1 == all.size() ? 0 : at + 1;
    benchmark::DoNotOptimize(all[at]->parent->child(all[at]->number));
  });
  add("look up a vendor's attribute by number", compared_with, [&root = dictionary.root()] {
    uint32_t vendor = 9, number = 1;
    benchmark::DoNotOptimize(vendor);
    benchmark::DoNotOptimize(number);
    benchmark::DoNotOptimize(root.child(attribute_type::vendor_specific)->child(vendor)->child(number));
  });
  add("parse all dictionaries", compared_with, [] {
    Dictionary parsed;
    benchmark::DoNotOptimize(parse_dictionary(RADHOST_DICTIONARY, parsed));
    parsed.finish();
  });
}

}  // namespace radhost::bench
