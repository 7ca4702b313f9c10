// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace radhost {

/// One table of the configuration that is not as it was.
struct ConfigChange {
  enum class Sort : uint8_t {
    Added,
    Removed,
    Changed
  };

  std::string table;  ///< "client", "listener", "server", …
  std::string name;   ///< empty where there is one table only
  Sort sort = Sort::Changed;
  std::vector<std::string> keys = {};  ///< of a changed one: what has changed, secrets by their keys alone

  /// In one line, for people to read.
  std::string to_text() const;
};

/// "added", "removed", "changed".
std::string_view change_word(ConfigChange::Sort sort);

/// What is different, wherever it stands in its file: [server] first, then the tables in the order of the manual. Tables
/// that have names are the same where their names are.
std::vector<ConfigChange> changes_between(const Config& before, const Config& after);

/// Were instances of both made alike? `module` aside: what its file holds is what counts.
bool is_same_plugin(const PluginConfig& one, const PluginConfig& other);

/// Does all that the configuration says of a pool say the same?
bool is_same_pool(const PoolConfig& one, const PoolConfig& other);

}  // namespace radhost
