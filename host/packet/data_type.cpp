// SPDX-License-Identifier: Apache-2.0
#include "packet/data_type.h"

#include <charconv>
#include <ctime>

#include "base/address.h"
#include "base/reader.h"
#include "base/writer.h"

namespace radhost {
namespace {

using Value = std::vector<uint8_t>;
using Parsed = Result<Value, std::string>;

Value number_octets(uint64_t number, size_t size) {
  Value value(size);
  put_uint_be(value, number);
  return value;
}

template <class Number>
std::optional<Number> number_from(std::string_view text, int base = 10) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Each data type: is_wellformed, print, parse. They stand together, and the table below names them.

bool any(Octets) { return true; }
bool not_empty(Octets value) { return !value.empty(); }

// octets (RFC 8044 §3.5)

std::string print_octets(Octets value) { return "0x" + to_hex(value); }
Parsed parse_octets(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return Value(text.begin(), text.end());
  auto octets = from_hex(text.substr(2));
  if (!octets) return std::string("an even number of hexadecimal digits after 0x");
  return *octets;
}

// text (RFC 8044 §3.4)

std::string print_text(Octets value) { return std::string(text_of(value)); }
Parsed parse_text(std::string_view text) { return Value(text.begin(), text.end()); }

// integers (RFC 8044 §3.1, §3.12)

std::string print_unsigned(Octets value) { return std::to_string(get_uint_be(value)); }

template <size_t size>
Parsed parse_unsigned(std::string_view text) {
  bool hex = text.starts_with("0x") || text.starts_with("0X");
  auto number = hex ? number_from<uint64_t>(text.substr(2), 16) : number_from<uint64_t>(text);
  constexpr uint64_t maximum = size == 8 ? ~uint64_t{0} : (uint64_t{1} << (size % 8 * 8)) - 1;
  if (!number || *number > maximum) return "a number from 0 to " + std::to_string(maximum);
  return number_octets(*number, size);
}

std::string print_int32(Octets value) { return std::to_string(static_cast<int32_t>(get_uint32be(value))); }
Parsed parse_int32(std::string_view text) {
  auto number = number_from<int32_t>(text);
  if (!number) return std::string("a number from -2147483648 to 2147483647");
  return number_octets(static_cast<uint32_t>(*number), 4);
}

// time (RFC 8044 §3.3): unsigned, so it does not end in 2038

std::string print_time(Octets value) {
  std::time_t seconds = static_cast<std::time_t>(get_uint32be(value));
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  size_t length = std::strftime(text, sizeof text, "%b %e %Y %H:%M:%S UTC", &utc);
  return {text, length};
}
Parsed parse_time(std::string_view text) {
  if (auto seconds = number_from<uint32_t>(text)) return number_octets(*seconds, 4);
  std::string terminated(text);
  for (const char* format : {"%b %d %Y %H:%M:%S UTC", "%b %d %Y %H:%M:%S", "%b %d %Y", "%Y-%m-%dT%H:%M:%SZ"}) {
    std::tm utc{};
    const char* end = strptime(terminated.c_str(), format, &utc);
    if (end == nullptr || end != terminated.data() + terminated.size()) continue;
    int day = utc.tm_mday;
    std::time_t seconds = timegm(&utc);
    if (utc.tm_mday != day) continue;  // no month has it
    if (seconds >= 0 && seconds <= std::time_t{UINT32_MAX}) return number_octets(static_cast<uint64_t>(seconds), 4);
  }
  return std::string("a time, such as \"Nov 14 2023 22:13:20 UTC\", or seconds since 1970");
}

// ifid (RFC 8044 §3.7)

std::string print_ifid(Octets value) {
  char text[20];
  int length = std::snprintf(text, sizeof text, "%x:%x:%x:%x", get_uint16be(value), get_uint16be(value.subspan(2)),
                             get_uint16be(value.subspan(4)), get_uint16be(value.subspan(6)));
  return {text, static_cast<size_t>(length)};
}
Parsed parse_ifid(std::string_view text) {
  const std::string expected = "an interface identifier, such as 0:0:0:1";
  Value value;
  for (int i = 0; i < 4; ++i) {
    size_t colon = text.find(':');
    auto part = number_from<uint16_t>(text.substr(0, colon), 16);
    if (!part || (colon == std::string_view::npos) != (i == 3)) return expected;
    value.push_back(static_cast<uint8_t>(*part >> 8));
    value.push_back(static_cast<uint8_t>(*part));
    if (i < 3) text.remove_prefix(colon + 1);
  }
  return value;
}

// addresses (RFC 8044 §3.8, §3.9)

IpAddress address_of(IpAddress::Family family, Octets octets) {
  IpAddress address{family, {}};
  copy_octets(address.octets, octets);
  return address;
}
Value address_octets(const IpAddress& address) {
  return {address.octets.begin(), address.octets.begin() + address.bits() / 8};
}

std::string print_ipv4(Octets value) { return address_of(IpAddress::Family::V4, value).to_text(); }
Parsed parse_ipv4(std::string_view text) {
  auto address = IpAddress::parse(text);
  if (!address || address->family != IpAddress::Family::V4) return std::string("an IPv4 address, such as 192.0.2.1");
  return address_octets(*address);
}

std::string print_ipv6(Octets value) { return address_of(IpAddress::Family::V6, value).to_text(); }
Parsed parse_ipv6(std::string_view text) {
  auto address = IpAddress::parse(text);
  if (!address || address->family != IpAddress::Family::V6) return std::string("an IPv6 address, such as 2001:db8::1");
  return address_octets(*address);
}

bool is_combo_ip(Octets value) { return value.size() == 4 || value.size() == 16; }
std::string print_combo_ip(Octets value) { return value.size() == 4 ? print_ipv4(value) : print_ipv6(value); }
Parsed parse_combo_ip(std::string_view text) {
  auto address = IpAddress::parse(text);
  if (!address) return std::string("an IPv4 or IPv6 address");
  return address_octets(*address);
}

// prefixes (RFC 8044 §3.10, §3.11): a reserved octet, the length, then as many octets as the length needs

/// Both kinds: `size` octets of address at most, and every bit behind the prefix zero.
bool is_prefix(Octets value, IpAddress::Family family) {
  size_t maximum = family == IpAddress::Family::V4 ? 4 : 16;
  if (value.size() < 2 || value.size() > 2 + maximum) return false;
  if (value.size() - 2 < static_cast<size_t>((value[1] + 7) / 8)) return false;  // a longer prefix than the address too
  IpAddress address = address_of(family, value.subspan(2));
  return masked(address, value[1]) == address;
}
std::string print_prefix(Octets value, IpAddress::Family family) {
  return Prefix{address_of(family, value.subspan(2)), value[1]}.to_text();
}

bool is_ipv6_prefix(Octets value) { return is_prefix(value, IpAddress::Family::V6); }
std::string print_ipv6_prefix(Octets value) { return print_prefix(value, IpAddress::Family::V6); }
Parsed parse_ipv6_prefix(std::string_view text) {
  auto prefix = Prefix::parse(text);
  if (!prefix || prefix->address.family != IpAddress::Family::V6)
    return std::string("an IPv6 prefix, such as 2001:db8::/32");
  Value value{0, prefix->length};
  // RFC 8044 §3.10: no more octets than the prefix needs.
  value.insert(value.end(), prefix->address.octets.begin(), prefix->address.octets.begin() + (prefix->length + 7) / 8);
  return value;
}

bool is_ipv4_prefix(Octets value) { return value.size() == 6 && is_prefix(value, IpAddress::Family::V4); }
std::string print_ipv4_prefix(Octets value) { return print_prefix(value, IpAddress::Family::V4); }
Parsed parse_ipv4_prefix(std::string_view text) {
  auto prefix = Prefix::parse(text);
  if (!prefix || prefix->address.family != IpAddress::Family::V4)
    return std::string("an IPv4 prefix, such as 192.0.2.0/24");
  // RFC 8044 §3.11: 0.0.0.0 goes out with a length of 32.
  bool all_zero = prefix->address.is_wildcard();
  Value value{0, all_zero ? uint8_t{32} : prefix->length};
  value.insert(value.end(), prefix->address.octets.begin(), prefix->address.octets.begin() + 4);
  return value;
}

// ether: six octets

std::string print_ethernet(Octets value) {
  std::string text;
  for (uint8_t octet : value) text += (text.empty() ? "" : ":") + to_hex(Octets(&octet, 1));
  return text;
}
Parsed parse_ethernet(std::string_view text) {
  const std::string expected = "an Ethernet address, such as 00:00:5e:00:53:01";
  if (text.size() != 17) return expected;
  Value value;
  for (size_t at = 0; at < text.size(); at += 3) {
    auto octet = number_from<uint8_t>(text.substr(at, 2), 16);
    bool separated = at + 2 == text.size() || text[at + 2] == ':' || text[at + 2] == '-';
    if (!octet || !separated) return expected;
    value.push_back(*octet);
  }
  return value;
}

/// Everything that makes one data type, in one row.
struct Row {
  DataType type;
  std::string_view word;       ///< in dictionaries
  bool (*wellformed)(Octets);  ///< where the size is not fixed
  std::string (*print)(Octets);
  Parsed (*parse)(std::string_view);
};

constexpr Row rows[] = {
    {DataType::OctetString, "octets", any, print_octets, parse_octets},
    {DataType::Text, "string", any, print_text, parse_text},
    {DataType::Uint8, "byte", any, print_unsigned, parse_unsigned<1>},
    {DataType::Uint16, "short", any, print_unsigned, parse_unsigned<2>},
    {DataType::Uint32, "integer", any, print_unsigned, parse_unsigned<4>},
    {DataType::Uint64, "integer64", any, print_unsigned, parse_unsigned<8>},
    {DataType::Int32, "signed", any, print_int32, parse_int32},
    {DataType::Time, "date", any, print_time, parse_time},
    {DataType::Ifid, "ifid", any, print_ifid, parse_ifid},
    {DataType::Ipv4Address, "ipaddr", any, print_ipv4, parse_ipv4},
    {DataType::Ipv6Address, "ipv6addr", any, print_ipv6, parse_ipv6},
    {DataType::Ipv6Prefix, "ipv6prefix", is_ipv6_prefix, print_ipv6_prefix, parse_ipv6_prefix},
    {DataType::Ipv4Prefix, "ipv4prefix", is_ipv4_prefix, print_ipv4_prefix, parse_ipv4_prefix},
    {DataType::Tlv, "tlv", not_empty, print_octets, parse_octets},
    {DataType::Ethernet, "ether", any, print_ethernet, parse_ethernet},
    {DataType::ComboIp, "combo-ip", is_combo_ip, print_combo_ip, parse_combo_ip},
    {DataType::ABinary, "abinary", any, print_octets, parse_octets},
    {DataType::Root, "", any, print_octets, parse_octets},
    {DataType::Vsa, "vsa", any, print_octets, parse_octets},
    {DataType::Vendor, "vendor", any, print_octets, parse_octets},
    {DataType::Extended, "extended", any, print_octets, parse_octets},
    {DataType::LongExtended, "long-extended", any, print_octets, parse_octets},
    {DataType::Evs, "evs", any, print_octets, parse_octets},
};

constexpr const Row& row(DataType type) { return rows[static_cast<size_t>(type) - 1]; }

constexpr bool rows_are_in_order() {
  for (size_t i = 0; i < std::size(rows); ++i)
    if (static_cast<size_t>(rows[i].type) != i + 1) return false;
  return true;
}
static_assert(rows_are_in_order(), "the table is indexed by DataType");

}  // namespace

std::optional<DataType> data_type_by_word(std::string_view word) {
  for (const Row& known : rows)
    if (!known.word.empty() && known.word == word) return known.type;
  return std::nullopt;
}

std::string_view data_type_word(DataType type) { return row(type).word; }

bool is_wellformed(DataType type, Octets value) { return row(type).wellformed(value); }

std::string print_value(DataType type, Octets value) { return row(type).print(value); }

Result<std::vector<uint8_t>, std::string> parse_value(DataType type, std::string_view text) {
  return row(type).parse(text);
}

}  // namespace radhost
