// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/value.h"

namespace radhost {

/// Text as a TOML basic string, quotes included.
std::string toml_quote(std::string_view text);

/// A key, quoted where it must be.
std::string toml_key(std::string_view key);

/// A value in one line: tables and arrays inline. Members whose names tell of secrets are shown as "<hidden>".
std::string toml_inline(const ConfigValue& value);

/// An array of text in one line.
std::string toml_inline(const std::vector<std::string>& texts);

}  // namespace radhost
