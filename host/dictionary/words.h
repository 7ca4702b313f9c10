// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packet/attribute_definition.h"

namespace radhost {

/// The words of a dictionary's line: numbers, paths, data types, flags and vendors' formats.

using Words = std::vector<std::string_view>;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
constexpr bool is_comma(char c) { return c == ','; }

/// Takes text apart where characters separate words; empty words are left out.
template <class Separates>
void split(std::string_view text, Separates separates, Words& words) {
  words.clear();
  size_t begin = 0;
  for (size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && !separates(text[at])) continue;
    if (at > begin) words.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
}

/// Decimal, or hexadecimal behind 0x. Negative numbers come out as the unsigned ones of 32 bits with the same octets.
std::optional<uint64_t> parse_number(std::string_view word);

/// Numbers joined by dots, as in 241.26.9.1.
std::optional<std::vector<uint32_t>> parse_path(std::string_view word);

/// `format=2,1` or, with a continuation octet, `format=1,1,c`.
std::optional<VendorFormat> parse_format(std::string_view word);

/// A data type, such as `integer`, or `octets[16]`: what it makes of the definition. The error says what is wrong.
std::string parse_type(std::string_view word, AttributeDefinition& definition);

/// Flags joined by commas, such as `has_tag,encrypt=2`: what they make of the definition, and the name behind `enum=`.
/// The error says what is wrong.
std::string parse_flags(std::string_view words, AttributeDefinition& definition, std::string_view& enumeration);

}  // namespace radhost
