// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/schema.h"
#include "config/toml_printer.h"

namespace radhost {

// What a key of each C++ type takes, in words.

/// The words of an enumeration, in its order.
template <class Enum>
struct Words;
template <>
struct Words<LogLevel> {
  static constexpr auto list = log_level_words;
};
template <>
struct Words<LogFormat> {
  static constexpr std::string_view list[] = {"text", "json"};
};
template <>
struct Words<OnError> {
  static constexpr std::string_view list[] = {"reject", "drop"};
};
template <>
struct Words<Transport> {
  static constexpr auto list = transport_words;
};
template <>
struct Words<TlsVersion> {
  static constexpr auto list = tls_version_words;
};
template <>
struct Words<RequestKind> {
  static constexpr std::string_view list[] = {"access", "accounting", "coa", "disconnect"};
};
template <>
struct Words<RequireMessageAuthenticator> {
  static constexpr auto list = require_message_authenticator_words;
};
template <>
struct Words<LimitProxyState> {
  static constexpr auto list = limit_proxy_state_words;
};

template <class Enum>
constexpr std::span<const std::string_view> words_of() {
  return Words<Enum>::list;
}

/// In quotes, with commas.
std::string listing(std::span<const std::string_view> words);

/// What the manual says that a key of this C++ type takes.
template <class Value>
std::string kind_of() {
  if constexpr (std::is_enum_v<Value>) {
    std::string words;
    for (std::string_view word : words_of<Value>()) {
      bool is_boolean = word == "true" || word == "false";
      words += (words.empty() ? "" : ", ") + (is_boolean ? std::string(word) : toml_quote(word));
    }
    return words;
  } else if constexpr (std::is_same_v<Value, bool>) return "true, false";
  else if constexpr (std::is_same_v<Value, uint32_t>) return "integer";
  else if constexpr (std::is_same_v<Value, std::string> || std::is_same_v<Value, SecretText>) return "text";
  else if constexpr (std::is_same_v<Value, std::vector<std::string>>) return "array of text";
  else if constexpr (std::is_same_v<Value, std::vector<Prefix>>) return "address or prefix, or an array";
  else if constexpr (std::is_same_v<Value, std::vector<SocketAddress>>) return "address:port, or an array";
  else if constexpr (std::is_same_v<Value, SocketAddress>) return "address:port";
  else if constexpr (std::is_same_v<Value, std::optional<SocketAddress>>) return "address:port";
  else if constexpr (std::is_same_v<Value, std::optional<IpAddress>>) return "address";
  else if constexpr (std::is_same_v<Value, std::vector<RequestKind>>)
    return "array of " + listing(words_of<RequestKind>());
  else if constexpr (std::is_same_v<Value, HandlerNames>) return "array of names, or a table of such arrays";
  else if constexpr (std::is_same_v<Value, std::vector<PoolServerConfig>>) return "array of tables";
  else {
    static_assert(std::is_same_v<Value, ConfigValue>);
    return "table";
  }
}
inline std::string kind_table() { return "table"; }

}  // namespace radhost
