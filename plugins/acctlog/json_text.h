// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace acctlog {

/// Appends `text` as a JSON string, quotes included. What is not UTF-8 becomes U+FFFD, the replacement
/// character.
void append_json_text(std::string& line, std::string_view text);

}  // namespace acctlog
