// SPDX-License-Identifier: Apache-2.0
#include "config/mistakes.h"

namespace radhost {

void fail(const ConfigValue& value, std::string message, std::vector<ConfigError>& errors) {
  errors.push_back({value.position, std::move(message)});
}

void expected(const ConfigValue& value, std::string_view what, std::vector<ConfigError>& errors) {
  fail(value, std::string(what) + " is expected here, not " + std::string(value.type_name()), errors);
}

const ConfigValue::Table* expect_table(const ConfigValue& value, std::vector<ConfigError>& errors) {
  const ConfigValue::Table* table = value.table();
  if (table == nullptr) expected(value, "a table", errors);
  return table;
}

void report_unknown_key(const ConfigValue::Member& member, const std::vector<std::string_view>& known,
                        std::vector<ConfigError>& errors) {
  std::string message = "unknown key \"" + member.first + "\"";
  std::string_view nearest = nearest_word(member.first, known);
  message += nearest.empty() ? "; known here: " + listing(known) : "; did you mean \"" + std::string(nearest) + "\"?";
  errors.push_back({member.second.key_position, std::move(message)});
}

std::string listing(std::span<const std::string_view> words) {
  std::string text;
  for (std::string_view word : words) text += (text.empty() ? "\"" : ", \"") + std::string(word) + "\"";
  return text;
}

}  // namespace radhost
