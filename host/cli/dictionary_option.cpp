// SPDX-License-Identifier: Apache-2.0
#include "cli/dictionary_option.h"

#include <cstdlib>
#include <iostream>

#include "cli/own_files.h"
#include "dictionary/parser.h"

namespace radhost {
DictionaryOption::DictionaryOption(CLI::App& command) {
  command.add_option("--dictionary", *paths_, "a dictionary file; may repeat")->type_name("FILE")->allow_extra_args(false);
}

std::vector<std::string> DictionaryOption::files() const {
  std::vector<std::string> paths = *paths_;
  const char* environment = std::getenv("RADHOST_DICTIONARY");
  if (paths.empty() && environment != nullptr && *environment != 0) paths.emplace_back(environment);
  if (paths.empty()) paths.push_back(find_own("dictionaries/dictionary"));
  if (paths[0].empty()) throw std::runtime_error("no dictionary is found; name one with --dictionary");
  return paths;
}

std::unique_ptr<Dictionary> DictionaryOption::load() const {
  auto dictionary = std::make_unique<Dictionary>();
  for (const DictionaryError& error : parse_dictionaries(files(), *dictionary)) std::cerr << error.to_text() << "\n";
  dictionary->finish();
  return dictionary;
}

}  // namespace radhost
