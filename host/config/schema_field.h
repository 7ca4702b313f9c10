// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "config/schema_kind.h"

namespace radhost {

// What the rows of schema.cpp are made of.

using Errors = std::vector<ConfigError>;

void fail(const ConfigValue& value, std::string message, Errors& errors);
void expected(const ConfigValue& value, std::string_view what, Errors& errors);

// read_value and print_value: one pair for each C++ type that a key may have.

void read_value(const ConfigValue& value, bool& into, Errors& errors);
std::string print_value(bool value);
void read_value(const ConfigValue& value, uint32_t& into, Errors& errors);
std::string print_value(uint32_t value);
void read_value(const ConfigValue& value, std::string& into, Errors& errors);
std::string print_value(const std::string& value);
void read_value(const ConfigValue& value, SecretText& into, Errors& errors);
std::string print_value(const SecretText& value);
void read_value(const ConfigValue& value, std::vector<std::string>& into, Errors& errors);
std::string print_value(const std::vector<std::string>& value);
void read_value(const ConfigValue& value, Prefix& into, Errors& errors);
void read_value(const ConfigValue& value, std::vector<Prefix>& into, Errors& errors);
std::string print_value(const std::vector<Prefix>& value);
void read_value(const ConfigValue& value, SocketAddress& into, Errors& errors);
void read_value(const ConfigValue& value, std::vector<SocketAddress>& into, Errors& errors);
std::string print_value(const std::vector<SocketAddress>& value);
void read_value(const ConfigValue& value, std::optional<SocketAddress>& into, Errors& errors);
std::string print_value(const std::optional<SocketAddress>& value);
void read_value(const ConfigValue& value, std::optional<IpAddress>& into, Errors& errors);
std::string print_value(const std::optional<IpAddress>& value);
void read_value(const ConfigValue& value, std::vector<RequestKind>& into, Errors& errors);
std::string print_value(const std::vector<RequestKind>& value);
void read_value(const ConfigValue& value, HandlerNames& into, Errors& errors);
std::string print_value(const HandlerNames& value);
void read_value(const ConfigValue& value, std::vector<PoolServerConfig>& into, Errors& errors);
std::string print_value(const std::vector<PoolServerConfig>& value);
std::string print_value(const SocketAddress& value);
void read_value(const ConfigValue& value, ConfigValue& into, Errors& errors);
std::string print_value(const ConfigValue& value);

// differ_value: names what is not equal.

void differ_value(const SecretText& before, const SecretText& after, const std::string& key, Differences& differences);
void differ_value(const ConfigValue& before, const ConfigValue& after, const std::string& key,
                  Differences& differences);
void differ_value(const std::vector<PoolServerConfig>& before, const std::vector<PoolServerConfig>& after,
                  const std::string& key, Differences& differences);

template <class Enum>
requires std::is_enum_v<Enum>
void read_value(const ConfigValue& value, Enum& into, Errors& errors) {
  constexpr auto words = words_of<Enum>();
  const std::string* text = std::get_if<std::string>(&value.value);
  const bool* boolean = std::get_if<bool>(&value.value);
  std::string_view word = text != nullptr      ? std::string_view(*text)
                          : boolean == nullptr ? ""
                          : *boolean           ? "true"
                                               : "false";
  // true and false are booleans where they are words at all.
  bool is_boolean_word = word == "true" || word == "false";
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] != word || is_boolean_word != (boolean != nullptr)) continue;
    into = static_cast<Enum>(i);
    return;
  }
  if (text == nullptr && boolean == nullptr) return expected(value, "one of " + listing(words), errors);
  bool is_known = std::find(words.begin(), words.end(), word) != words.end();
  if (is_known && text != nullptr) return fail(value, "write " + std::string(word) + " without quotes", errors);
  // Of two words, one is near by chance.
  bool are_few = words.size() <= 2;
  std::string_view nearest = are_few ? std::string_view() : nearest_word(word, {words.begin(), words.end()});
  std::string hint = nearest.empty() ? "one of " + listing(words) : "did you mean \"" + std::string(nearest) + "\"?";
  fail(value, "\"" + std::string(word) + "\" is not known here: " + hint, errors);
}
template <class Enum>
requires std::is_enum_v<Enum> std::string print_value(Enum value) {
  std::string_view word = words_of<Enum>()[static_cast<size_t>(value)];
  bool is_boolean_word = word == "true" || word == "false";
  return is_boolean_word ? std::string(word) : toml_quote(word);
}

template <class Value>
void differ_value(const Value& before, const Value& after, const std::string& key, Differences& differences) {
  if (before == after) return;
  auto shown = [](const Value& value) {
    std::string text = print_value(value);
    return text.empty() ? std::string("none") : text;
  };
  differences.push_back(key + ": " + shown(before) + " -> " + shown(after));
}

/// The secret itself is printed only where it stands in the file.
template <class Holder>
constexpr Field<Holder> secret_field(std::string_view documentation) {
  return {"secret", documentation, kind_of<SecretText>,
          [](const ConfigValue& value, Holder& into, Errors& errors) { read_value(value, into.secret, errors); },
          [](const Holder& from) {
            bool is_elsewhere = !from.secret_file.empty() || !from.secret_env.empty();
            return is_elsewhere ? std::string() : print_value(from.secret);
          },
          [](const Holder& before, const Holder& after, const std::string& whole_key, Differences& differences) {
            differ_value(before.secret, after.secret, whole_key, differences);
          }};
}

/// A row for a member of a struct.
template <auto member, class Struct, class Value>
constexpr Field<Struct> field_of(Value Struct::*, std::string_view key, std::string_view documentation) {
  return {key, documentation, kind_of<Value>,
          [](const ConfigValue& value, Struct& into, Errors& errors) { read_value(value, into.*member, errors); },
          [](const Struct& from) -> std::string {
            if constexpr (std::is_same_v<Value, std::string>) {
              // Empty text is left out where that says the same.
              if ((from.*member).empty() && (Struct{}.*member).empty()) return {};
            }
            return print_value(from.*member);
          },
          [](const Struct& before, const Struct& after, const std::string& whole_key, Differences& differences) {
            differ_value(before.*member, after.*member, whole_key, differences);
          }};
}
template <auto member>
constexpr auto field(std::string_view key, std::string_view documentation) {
  return field_of<member>(member, key, documentation);
}

}  // namespace radhost
