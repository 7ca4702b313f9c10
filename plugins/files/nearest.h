// SPDX-License-Identifier: Apache-2.0
/// "Did you mean …?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace files {

/// `unknown key "nane"; did you mean "name"?`, or with all the words where none is near.
std::string unknown_key(std::string_view key, std::span<const std::string_view> words);

}  // namespace files
