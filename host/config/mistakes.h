// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "config/value.h"

namespace radhost {

/// What is said of a value that is wrong, at its position.
void fail(const ConfigValue& value, std::string message, std::vector<ConfigError>& errors);
void expected(const ConfigValue& value, std::string_view what, std::vector<ConfigError>& errors);

/// Says what is not a table, and which keys are not known; `known` are those that are.
const ConfigValue::Table* expect_table(const ConfigValue& value, std::vector<ConfigError>& errors);
void report_unknown_key(const ConfigValue::Member& member, const std::vector<std::string_view>& known,
                        std::vector<ConfigError>& errors);

/// Words in quotes, with commas between them.
std::string listing(std::span<const std::string_view> words);

}  // namespace radhost
