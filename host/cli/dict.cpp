// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/commands.h"
#include "cli/dictionary_option.h"
#include "cli/exit_status.h"
#include "dictionary/notation.h"

namespace radhost {
namespace {

void print_attribute(const Dictionary& dictionary, const AttributeDefinition& attribute) {
  std::cout << attribute.name << "\n";
  std::cout << "  number     " << path_of(attribute) << "\n";
  if (attribute.vendor != 0)
    std::cout << "  vendor     " << dictionary.vendor_name(attribute.vendor) << " (" << attribute.vendor << ")\n";
  std::cout << "  data type  " << data_type_word(attribute.type);
  if (attribute.exact_size != 0) std::cout << "[" << attribute.exact_size << "]";
  std::cout << "\n";
  if (attribute.tagged) std::cout << "  tagged     yes\n";
  if (attribute.hidden()) std::cout << "  hidden     yes\n";
  if (attribute.concat) std::cout << "  split      when longer than 253 octets\n";
  if (attribute.secret) std::cout << "  secret     yes\n";
  if (attribute.array) std::cout << "  array      several values in one attribute\n";
  if (attribute.internal) std::cout << "  internal   never on the wire\n";
  auto values = dictionary.values(attribute);
  if (!values.empty()) std::cout << "  values\n";
  bool is_signed = attribute.type == DataType::Int32;
  for (auto& [number, name] : values) {
    std::string text = is_signed ? std::to_string(static_cast<int32_t>(number)) : std::to_string(number);
    std::cout << "    " << text << "  " << name << "\n";
  }
}

/// Attributes that have a value of this name.
bool print_value_owners(const Dictionary& dictionary, const std::string& name) {
  bool found = false;
  for (uint32_t id = 1; id <= dictionary.attribute_count(); ++id) {
    const AttributeDefinition& attribute = *dictionary.by_id(id);
    auto value = dictionary.value_by_name(attribute, name);
    if (!value) continue;
    found = true;
    std::cout << attribute.name << " = " << *value << "\n";
  }
  return found;
}

int dict(const DictionaryOption& option, const std::string& name) {
  auto dictionary = option.load();
  bool found = false;
  if (const AttributeDefinition* attribute = dictionary->find(name)) {
    print_attribute(*dictionary, *attribute);
    found = true;
  }
  if (auto vendor = dictionary->vendor_by_name(name)) {
    size_t attributes = 0;
    for (uint32_t id = 1; id <= dictionary->attribute_count(); ++id) {
      const AttributeDefinition& attribute = *dictionary->by_id(id);
      attributes += attribute.vendor == *vendor && attribute.type != DataType::Vendor;
    }
    std::cout << dictionary->vendor_name(*vendor) << "\n  vendor number  " << *vendor << "\n  attributes     "
              << attributes << "\n";
    found = true;
  }
  found = print_value_owners(*dictionary, name) || found;
  if (found) return exit_status::done;
  std::cerr << "radhost dict: nothing is called \"" << name << "\"\n";
  return exit_status::negative;
}

}  // namespace

Run add_dict(CLI::App& program) {
  CLI::App* command = program.add_subcommand("dict", "what the dictionary knows of an attribute, vendor or value");
  auto name = std::make_shared<std::string>();
  command->add_option("NAME", *name, "its name")->required();
  auto option = std::make_shared<DictionaryOption>(*command);
  return [name, option] { return dict(*option, *name); };
}

}  // namespace radhost
