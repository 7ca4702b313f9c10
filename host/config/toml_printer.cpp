// SPDX-License-Identifier: Apache-2.0
#include "config/toml_printer.h"

#include <charconv>

namespace radhost {
namespace {

bool tells_of_a_secret(std::string_view key) {
  // secret_file and its like name places, not secrets.
  if (key.ends_with("_file") || key.ends_with("_env")) return false;
  return key.find("secret") != std::string_view::npos || key.find("password") != std::string_view::npos ||
         key.find("psk") != std::string_view::npos;
}

struct InlinePrinter {
  std::string operator()(const ConfigValue::Table& table) const {
    std::string text;
    for (auto& [key, value] : table) {
      text += (text.empty() ? " " : ", ") + toml_key(key) + " = ";
      text += tells_of_a_secret(key) ? toml_quote("<hidden>") : toml_inline(value);
    }
    return "{" + text + " }";
  }
  std::string operator()(const ConfigValue::Array& array) const {
    std::string text;
    for (const ConfigValue& element : array) text += (text.empty() ? "" : ", ") + toml_inline(element);
    return "[" + text + "]";
  }
  std::string operator()(const std::string& text) const { return toml_quote(text); }
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    char text[32];
    auto [end, error] = std::to_chars(text, text + sizeof text, number);
    std::string printed(text, end);
    bool looks_integral = printed.find_first_of(".en") == std::string::npos;
    return looks_integral ? printed + ".0" : printed;
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
};

}  // namespace

std::string toml_quote(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    auto octet = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      quoted.append("\\").append(1, c);
    } else if (octet < 0x20 || octet == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", octet);
      quoted += escape;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string toml_key(std::string_view key) {
  constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  bool is_bare = !key.empty() && key.find_first_not_of(bare) == std::string_view::npos;
  return is_bare ? std::string(key) : toml_quote(key);
}

std::string toml_inline(const ConfigValue& value) { return std::visit(InlinePrinter{}, value.value); }

std::string toml_inline(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& element : texts) text += (text.empty() ? "" : ", ") + toml_quote(element);
  return "[" + text + "]";
}

}  // namespace radhost
