// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "config/config.h"

namespace radhost {

/// Where a table may give its secret: itself, in a file, or in the environment. `secret` gets what was found.
struct SecretPlaces {
  SecretText& secret;
  std::string& file;
  std::string& environment;
  std::string_view what;  ///< whose it is, for messages
};

/// Reads the secret from the one place that is given. A mistake is added to `errors`, where it stands.
void load_secret(const ConfigValue& table, const SecretPlaces& to, const std::filesystem::path& folder,
                 std::vector<ConfigError>& errors);

/// Does the table give a secret, in any of these places?
inline bool has_secret(const ConfigValue& table) {
  return table.find("secret") != nullptr || table.find("secret_file") != nullptr || table.find("secret_env") != nullptr;
}

/// Makes a path that stands in a file absolute: it starts at that file's folder, or with `${CREDENTIALS_DIRECTORY}/` in the
/// folder that systemd has put the service's credentials in. Where there is none, the path stays as it is.
void resolve(std::string& path, const std::filesystem::path& folder);

/// Where a key's value stands; the table itself where it has none.
inline Position where(const ConfigValue& table, std::string_view key) {
  const ConfigValue* value = table.find(key);
  return value != nullptr ? value->position : table.position;
}

inline std::string listed(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace radhost
