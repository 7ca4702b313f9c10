// SPDX-License-Identifier: Apache-2.0
#include "json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace acctlog {

void append_json_text(std::string& line, std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  // Nearly all text is plain, and needs no second look.
  if (plain) {
    line += '"';
    line += text;
    line += '"';
    return;
  }
  line += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace acctlog
