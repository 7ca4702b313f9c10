// SPDX-License-Identifier: Apache-2.0
#include "dictionary/words.h"

#include <algorithm>
#include <charconv>

namespace radhost {
namespace {

std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

/// Names of data types beside the dictionary's own words.
constexpr std::pair<std::string_view, DataType> synonyms[] = {
    {"text", DataType::Text},
    {"uint8", DataType::Uint8},
    {"uint16", DataType::Uint16},
    {"uint32", DataType::Uint32},
    {"uint64", DataType::Uint64},
    {"int32", DataType::Int32},
    {"bool", DataType::Uint8},
    {"time", DataType::Time},
    {"ethernet", DataType::Ethernet},
    {"combo-ip", DataType::ComboIp},
    {"ipv4addr", DataType::Ipv4Address},
};

std::optional<DataType> data_type_of(std::string word) {
  // Letter case does not matter: one of the vendors' files has "String".
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
  for (auto& [synonym, type] : synonyms)
    if (synonym == word) return type;
  if (word == "vendor") return std::nullopt;
  return data_type_by_word(word);
}

/// One flag; false for what is none.
bool set_flag(std::string_view flag, AttributeDefinition& definition, std::string_view& enumeration) {
  constexpr std::string_view enumeration_key = "enum=";
  if (flag == "has_tag" || flag == "has_tag=1") definition.tagged = true;
  else if (flag == "encrypt=1" || flag == "encrypt=User-Password") definition.hiding = Hiding::UserPassword;
  else if (flag == "encrypt=2" || flag == "encrypt=Tunnel-Password") definition.hiding = Hiding::TunnelPassword;
  else if (flag == "encrypt=3" || flag == "encrypt=Ascend-Secret") definition.hiding = Hiding::AscendSecret;
  else if (flag == "concat") definition.concat = true;
  else if (flag == "array") definition.array = true;
  else if (flag == "secret") definition.secret = true;
  else if (flag == "internal" || flag == "virtual") definition.internal = true;
  else if (flag == "extended" && definition.type == DataType::Tlv) definition.type = DataType::Extended;
  else if (flag == "long-extended" && definition.type == DataType::Tlv) definition.type = DataType::LongExtended;
  else if (flag.starts_with(enumeration_key)) enumeration = flag.substr(enumeration_key.size());
  else return false;
  return true;
}

}  // namespace

std::optional<uint64_t> parse_number(std::string_view word) {
  const char* end = word.data() + word.size();
  if (word.starts_with('-')) {
    int32_t number = 0;
    auto [stop, error] = std::from_chars(word.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return static_cast<uint32_t>(number);
  }
  bool is_hex = word.starts_with("0x") || word.starts_with("0X");
  uint64_t number = 0;
  auto [stop, error] = std::from_chars(word.data() + (is_hex ? 2 : 0), end, number, is_hex ? 16 : 10);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

std::optional<std::vector<uint32_t>> parse_path(std::string_view word) {
  std::vector<uint32_t> path;
  while (true) {
    size_t dot = word.find('.');
    auto number = word.starts_with('-') ? std::nullopt : parse_number(word.substr(0, dot));
    if (!number || *number > UINT32_MAX) return std::nullopt;
    path.push_back(static_cast<uint32_t>(*number));
    if (dot == std::string_view::npos) return path;
    word.remove_prefix(dot + 1);
  }
}

std::optional<VendorFormat> parse_format(std::string_view word) {
  constexpr std::string_view key = "format=";
  if (!word.starts_with(key)) return std::nullopt;
  Words sizes;
  split(word.substr(key.size()), is_comma, sizes);
  bool continued = sizes.size() == 3 && sizes[2] == "c";
  if (sizes.size() != 2 && !continued) return std::nullopt;
  uint64_t type_octets = parse_number(sizes[0]).value_or(0);
  uint64_t length_octets = parse_number(sizes[1]).value_or(3);
  bool right = (type_octets == 1 || type_octets == 2 || type_octets == 4) && length_octets <= 2;
  if (!right) return std::nullopt;
  return VendorFormat{static_cast<uint8_t>(type_octets), static_cast<uint8_t>(length_octets), continued};
}

std::string parse_type(std::string_view word, AttributeDefinition& definition) {
  size_t bracket = word.find('[');
  if (bracket != std::string_view::npos && word.back() == ']') {
    auto size = parse_number(word.substr(bracket + 1, word.size() - bracket - 2));
    if (!size || *size == 0 || *size > 253 || word.substr(0, bracket) != "octets")
      return quoted(word) + " is not octets of a size from 1 to 253";
    definition.exact_size = static_cast<uint16_t>(*size);
    word = word.substr(0, bracket);
  }
  auto type = data_type_of(std::string(word));
  if (!type) return quoted(word) + " is not a data type";
  definition.type = *type;
  return {};
}

std::string parse_flags(std::string_view words, AttributeDefinition& definition, std::string_view& enumeration) {
  Words separate;
  split(words, is_comma, separate);
  for (std::string_view flag : separate)
    if (!set_flag(flag, definition, enumeration)) return quoted(flag) + " is not a flag";
  bool may_be_tagged = definition.type == DataType::Uint32 || definition.type == DataType::Text ||
                       definition.type == DataType::OctetString;
  if (definition.tagged && !may_be_tagged) return "has_tag is for integers, text and octets alone";
  if (definition.array && (definition.tagged || definition.hidden()))
    return "array is for values without tag that are not hidden";
  return {};
}

}  // namespace radhost
