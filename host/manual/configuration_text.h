// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace radhost {

/// What the loader knows of the configuration, as the reference and the manual page want it.

struct KeyText {
  std::string key;
  std::string kind;           ///< of value: `integer`, `text`, the words that there are
  std::string usual;          ///< what holds without it, as TOML; empty where nothing does
  std::string documentation;  ///< without a full stop
};

struct TableText {
  std::string heading;  ///< `[server]`, `[[client]]`
  std::vector<KeyText> keys;
};

/// All tables, in the order in which `radhost config` prints them.
const std::vector<TableText>& configuration_tables();
/// nullptr if there is none with this heading.
const TableText* find_table(std::string_view heading);

}  // namespace radhost
