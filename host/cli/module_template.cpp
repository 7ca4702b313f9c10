// SPDX-License-Identifier: Apache-2.0
#include "cli/module_template.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace radhost {
namespace {

/// Of CMake's own targets, those that a name could be.
constexpr std::array<std::string_view, 12> taken_targets{"all",        "clean",          "depend",        "edit_cache",
                                                         "help",       "install",        "package",       "preinstall",
                                                         "ZERO_CHECK", "package_source", "rebuild_cache", "test"};

/// A name longer than this makes paths that are no longer readable.
constexpr size_t name_max = 64;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Words between - and _ begin with a capital, and stand together. A digit after a digit keeps them apart.
std::string class_name(const std::string& name) {
  std::string result;
  bool begins = true;
  for (char c : name) {
    if (c == '-' || c == '_') {
      begins = true;
      continue;
    }
    if (begins && !result.empty() && is_digit(result.back()) && is_digit(c)) result += '_';
    result += begins ? to_upper(c) : c;
    begins = false;
  }
  return result;
}

}  // namespace

std::string refuse_module_name(const std::string& name) {
  auto is_allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  bool is_name = !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_allowed);
  if (!is_name) return "\"" + name + "\" is no module's name: letters, digits, _ and -, and a letter first";
  if (name.size() > name_max) return "a module's name has at most " + std::to_string(name_max) + " letters";
  if (std::find(taken_targets.begin(), taken_targets.end(), name) != taken_targets.end())
    return "CMake has a target \"" + name + "\" of its own: take another name";
  return {};
}

std::map<std::string, std::string> template_words(const std::string& name) {
  std::string identifier = name;
  std::replace(identifier.begin(), identifier.end(), '-', '_');
  return {{"@name@", name}, {"@identifier@", identifier}, {"@class@", class_name(name)}};
}

std::string fill_in(std::string text, const std::map<std::string, std::string>& words) {
  for (const auto& [word, value] : words)
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size()))
      text.replace(at, word.size(), value);
  return text;
}

}  // namespace radhost
