// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace radhost {

/// Where something stands in a configuration file. Lines and columns count from 1; 0 is not known.
struct Position {
  std::shared_ptr<const std::string> file;
  uint32_t line = 0;
  uint32_t column = 0;

  std::string to_text() const;
};

/// A mistake in the configuration, where it stands, and what would be right.
struct ConfigError {
  Position position;
  std::string message;

  std::string to_text() const { return position.to_text() + ": " + message; }
};

struct ConfigMember;

/// A value of a configuration file with its position: the tree that TOML text becomes.
struct ConfigValue {
  using Array = std::vector<ConfigValue>;
  using Member = ConfigMember;
  using Table = std::vector<Member>;  // in the file's order

  Position position;
  Position key_position;  ///< of a table's member: where its key stands
  std::variant<Table, Array, std::string, int64_t, double, bool> value;
  mutable bool was_read = false;  ///< so that keys nobody asked for can be named

  const Table* table() const { return std::get_if<Table>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }

  /// A table's member; nullptr where there is none, or this is no table.
  const ConfigValue* find(std::string_view key) const;

  /// "a table", "an array", "text", "an integer", …
  std::string_view type_name() const;
};

/// A key of a table, and its value.
struct ConfigMember {
  ConfigMember(std::string key, ConfigValue value) : first(std::move(key)), second(std::move(value)) {}

  std::string first;
  ConfigValue second;
};

/// The word among `known` that is nearest to `word`; empty when none is near.
std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace radhost
