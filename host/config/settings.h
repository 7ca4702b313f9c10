// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/value.h"

namespace radhost {

/// Reads a table from settings, as a command line gives them: "key=value" each. A key is TOML's: dotted ones make
/// tables within tables. So is a value that TOML understands; any other is text. Mistakes are added to `errors`, and
/// what is given stands at "--set KEY".
ConfigValue read_settings(const std::vector<std::string>& settings, std::vector<ConfigError>& errors);

}  // namespace radhost
