// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/plugin.h>

#include <span>
#include <string_view>

namespace radhost {

/// The table that every instance is given: constant, without state of its own.
const radius_host_v1_t& host_table();

// Its parts, each in a file of its own.
const radius_log_v1_t& log_table();
const radius_system_v1_t& system_table();
const radius_config_v1_t& config_table();
const radius_dictionary_v1_t& dictionary_table();
const radius_lists_v1_t& lists_table();
const radius_requests_v1_t& requests_table();
const radius_tokens_v1_t& tokens_table();
const radius_conversations_v1_t& conversations_table();
const radius_timers_v1_t& timers_table();

/// What this host does not serve yet, and what a module meets instead. host/plugin/README.md shows the same rows.
struct Unserved {
  std::string_view entry;
  std::string_view instead;
};
std::span<const Unserved> unserved();

/// Text across the border.
inline std::string_view to_view(radius_text_t text) {
  return text.data == nullptr ? std::string_view{} : std::string_view{text.data, static_cast<size_t>(text.length)};
}
inline radius_text_t to_text(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace radhost
