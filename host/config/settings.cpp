// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include <algorithm>

#include "config/toml_reader.h"

namespace radhost {
namespace {

Position at(const std::string& key) { return {std::make_shared<const std::string>("--set " + key)}; }

/// A key as it would be written: in quotes where TOML wants them.
std::string written(const std::string& key) {
  bool is_bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return is_bare ? key : "\"" + key + "\"";
}

/// Where the key ends: at the first '=' outside of quotes.
size_t end_of_key(const std::string& setting) {
  char quote = 0;
  for (size_t i = 0; i < setting.size(); ++i) {
    char c = setting[i];
    if (quote != 0) quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'') quote = c;
    else if (c == '=') return i;
  }
  return std::string::npos;
}

/// Says of a value, and of all in it, by which key it was given.
void place(ConfigValue& value, const std::string& key) {
  value.position = value.key_position = at(key);
  if (auto* members = std::get_if<ConfigValue::Table>(&value.value))
    for (ConfigMember& member : *members) place(member.second, key + "." + written(member.first));
  if (auto* elements = std::get_if<ConfigValue::Array>(&value.value))
    for (size_t i = 0; i < elements->size(); ++i) place((*elements)[i], key + "[" + std::to_string(i) + "]");
}

/// A date is TOML too, but of no use here: it stays as it was written.
ConfigValue read_value(const std::string& text) {
  std::vector<ConfigError> ignored;
  auto table = read_toml("value = " + text, {}, ignored);
  const ConfigValue* value = table && table->table()->size() == 1 ? table->find("value") : nullptr;
  bool is_quoted = !text.empty() && (text.front() == '"' || text.front() == '\'');
  bool is_text = value == nullptr || (std::holds_alternative<std::string>(value->value) && !is_quoted);
  if (!is_text) return *value;
  ConfigValue as_text;
  as_text.value = text;
  return as_text;
}

/// The names that a key is made of; none when TOML does not take it for a key.
std::vector<std::string> names_in(const std::string& key) {
  if (key.find_first_of("\r\n") != std::string::npos) return {};  // not a file's lines
  std::vector<ConfigError> ignored;
  auto root = read_toml(key + " = 0", {}, ignored);
  std::vector<std::string> names;
  for (const ConfigValue* value = root ? &*root : nullptr; value != nullptr && value->table() != nullptr;) {
    if (value->table()->size() != 1) return {};
    const ConfigMember& member = value->table()->front();
    names.push_back(member.first);
    value = &member.second;
  }
  return names;
}

ConfigValue* find_member(ConfigValue::Table& table, const std::string& name) {
  for (ConfigMember& member : table)
    if (member.first == name) return &member.second;
  return nullptr;
}

void add(ConfigValue& root, const std::string& setting, std::vector<ConfigError>& errors) {
  size_t end = end_of_key(setting);
  if (end == std::string::npos) return errors.push_back({at(setting), "there is no value: write key=value"});
  std::string key = setting.substr(0, end);
  std::vector<std::string> names = names_in(key);
  if (names.empty())
    return errors.push_back(
        {at(key),
         "this is no key: write names with dots between them; one of other than letters, digits, _ and - in quotes"});

  auto* table = std::get_if<ConfigValue::Table>(&root.value);
  std::string so_far;
  for (size_t i = 0; i < names.size(); ++i) {
    so_far += (i == 0 ? "" : ".") + written(names[i]);
    ConfigValue* found = find_member(*table, names[i]);
    bool is_last = i + 1 == names.size();
    if (found != nullptr && is_last) return errors.push_back({at(so_far), "this key is given twice"});
    if (is_last) {
      table->emplace_back(names[i], read_value(setting.substr(end + 1)));
      return place(table->back().second, so_far);
    }
    if (found == nullptr) {
      ConfigValue inner;
      inner.value = ConfigValue::Table{};
      inner.position = inner.key_position = at(so_far);
      table->emplace_back(names[i], std::move(inner));
      found = &table->back().second;
    }
    table = std::get_if<ConfigValue::Table>(&found->value);
    if (table == nullptr)
      return errors.push_back(
          {at(key), "\"" + so_far + "\" is " + std::string(found->type_name()) + " already, and holds no keys"});
  }
}

}  // namespace

ConfigValue read_settings(const std::vector<std::string>& settings, std::vector<ConfigError>& errors) {
  ConfigValue root;
  root.value = ConfigValue::Table{};
  root.position = {std::make_shared<const std::string>("--set")};
  for (const std::string& setting : settings) add(root, setting, errors);
  return root;
}

}  // namespace radhost
