// SPDX-License-Identifier: Apache-2.0
#include "cli/dictionary_option.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "dictionary/parser.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

/// Beside the program: in its installation's share folder, or where a build links it.
std::string own_dictionary() {
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& prefix : {program.parent_path().parent_path(), fs::path("/usr")}) {
    fs::path candidate = prefix / "share/radhost/dictionaries/dictionary";
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  }
  return {};
}

}  // namespace

DictionaryOption::DictionaryOption(CLI::App& command) {
  command.add_option("--dictionary", *paths_, "a dictionary file; may repeat")->allow_extra_args(false);
}

std::vector<std::string> DictionaryOption::files() const {
  std::vector<std::string> paths = *paths_;
  const char* environment = std::getenv("RADHOST_DICTIONARY");
  if (paths.empty() && environment != nullptr && *environment != 0) paths.emplace_back(environment);
  if (paths.empty()) paths.push_back(own_dictionary());
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
