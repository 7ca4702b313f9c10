// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "config/value.h"

namespace radhost {

/// Reads TOML text into a tree. A syntax error is added to `errors`, and nothing is given: TOML's first syntax
/// error is the last thing that can be said of a file.
std::optional<ConfigValue> read_toml_file(const std::string& path, std::vector<ConfigError>& errors);
std::optional<ConfigValue> read_toml(std::string_view text, const std::string& name, std::vector<ConfigError>& errors);

}  // namespace radhost
