// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/plugin.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>

#include "packet/attribute_definition.h"
#include "plugin/guards.h"

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

/// A function of a table, with what it throws turned into an error: exceptions do not cross the border.
template <auto function, class Return, class... Arguments>
constexpr auto guarded_as(Return (*)(Arguments...)) {
  return +[](Arguments... arguments) noexcept -> Return {
    try {
      if constexpr (has_guards) {
        if (!(may_use(arguments) && ...)) {
          if constexpr (std::is_same_v<Return, radius_status_t>) return RADIUS_ERR_STATE;
          else return Return();
        }
      }
      return function(arguments...);
    } catch (const std::bad_alloc&) {
      if constexpr (std::is_same_v<Return, radius_status_t>) return RADIUS_ERR_MEMORY;
    } catch (...) {
      if constexpr (std::is_same_v<Return, radius_status_t>) return RADIUS_ERR_INTERNAL;
    }
    return Return();
  };
}
template <auto function>
inline constexpr auto guarded = guarded_as<function>(function);

/// A data type as the SDK numbers it; octets for what the dictionary does not know.
inline radius_type_t abi_type(const AttributeDefinition* definition) {
  if (definition == nullptr) return RADIUS_TYPE_OCTETS;
  return is_container(definition->type) ? RADIUS_TYPE_CONTAINER : static_cast<radius_type_t>(definition->type);
}

/// Fills a struct of the module's, which may be shorter or longer than the host's: `size` becomes what was filled.
template <class Struct>
radius_status_t fill_struct(Struct& asked, Struct full) {
  if (asked.size < sizeof asked.size) return RADIUS_ERR_INVALID;
  full.size = std::min<uint32_t>(asked.size, sizeof full);
  std::memcpy(&asked, &full, full.size);
  return RADIUS_OK;
}

/// Text across the border.
inline std::string_view to_view(radius_text_t text) {
  return text.data == nullptr ? std::string_view{} : std::string_view{text.data, static_cast<size_t>(text.length)};
}
inline radius_text_t to_text(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace radhost
