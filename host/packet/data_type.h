// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/octets.h"
#include "base/result.h"

namespace radhost {

/// Data types of RFC 8044 §3, those that vendors add, and the containers. The numbers up to ABinary are those of
/// radius_type_t.
enum class DataType : uint8_t {
  OctetString = 1,
  Text = 2,
  Uint8 = 3,
  Uint16 = 4,
  Uint32 = 5,
  Uint64 = 6,
  Int32 = 7,
  Time = 8,
  Ifid = 9,
  Ipv4Address = 10,
  Ipv6Address = 11,
  Ipv6Prefix = 12,
  Ipv4Prefix = 13,
  Tlv = 14,
  Ethernet = 15,
  ComboIp = 16,
  ABinary = 17,
  // Containers: they hold attributes, never values.
  Root,          ///< the standard's attribute space
  Vsa,           ///< Vendor-Specific (RFC 2865 §5.26)
  Vendor,        ///< one vendor's space within Vsa or Evs
  Extended,      ///< RFC 6929 §2.1
  LongExtended,  ///< RFC 6929 §2.2
  Evs,           ///< RFC 6929 §2.4
};

constexpr bool is_container(DataType type) { return type >= DataType::Root; }

/// Is it a number, whose values may have names?
constexpr bool is_integer(DataType type) { return type >= DataType::Uint8 && type <= DataType::Int32; }

/// The data type of a dictionary's word, such as "integer" or "ipaddr".
std::optional<DataType> data_type_by_word(std::string_view word);
/// The dictionary's word for a data type.
std::string_view data_type_word(DataType type);

/// How many octets every value has, where that is fixed; 0 where it is not.
constexpr size_t fixed_size(DataType type) {
  switch (type) {
    case DataType::Uint8: return 1;
    case DataType::Uint16: return 2;
    case DataType::Uint32:
    case DataType::Int32:
    case DataType::Time:
    case DataType::Ipv4Address: return 4;
    case DataType::Ethernet: return 6;
    case DataType::Uint64:
    case DataType::Ifid: return 8;
    case DataType::Ipv6Address: return 16;
    default: return 0;
  }
}

/// Of a type without fixed size: do these octets make a value of it?
bool is_wellformed(DataType type, Octets value);

/// Do these octets make a value of this type? If not they are an "invalid attribute" (RFC 6929 §2.8).
inline bool is_valid(DataType type, Octets value) {
  size_t size = fixed_size(type);
  if (size != 0) return value.size() == size;
  return type == DataType::OctetString || type == DataType::Text || is_wellformed(type, value);
}

/// A valid value as text, as radclient writes it: numbers, addresses, `0x…`; text and times without quotes.
std::string print_value(DataType type, Octets value);

/// A value's octets from text. The error says what would be right. Host bits of prefixes are masked.
Result<std::vector<uint8_t>, std::string> parse_value(DataType type, std::string_view text);

}  // namespace radhost
