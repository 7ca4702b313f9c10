// SPDX-License-Identifier: Apache-2.0
/// Values of RFC 8044's data types that C++ has no type for. Each is a few octets, and can be written as text.
#ifndef RADIUS_CPP_ADDRESS_HPP
#define RADIUS_CPP_ADDRESS_HPP

#include <radius/cpp/decimal.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace radius {

/// RFC 8044 §3.8.
struct Ipv4 {
  std::array<uint8_t, 4> octets{};
};

/// RFC 8044 §3.9.
struct Ipv6 {
  std::array<uint8_t, 16> octets{};
};

/// RFC 8044 §3.10, §3.11: of IPv4 or of IPv6. IPv4 uses the first four octets.
struct Prefix {
  std::array<uint8_t, 16> octets{};
  uint8_t length = 0;
  bool is_ipv6 = false;
};

/// RFC 8044 §3.7.
struct InterfaceId {
  std::array<uint8_t, 8> octets{};
};

/// An Ethernet address.
struct Ethernet {
  std::array<uint8_t, 6> octets{};
};

/// RFC 8044 §3.3: seconds since 1970.
struct Time {
  uint32_t seconds = 0;
};

inline bool operator==(const Ipv4& a, const Ipv4& b) { return a.octets == b.octets; }
inline bool operator!=(const Ipv4& a, const Ipv4& b) { return !(a == b); }
inline bool operator==(const Ipv6& a, const Ipv6& b) { return a.octets == b.octets; }
inline bool operator!=(const Ipv6& a, const Ipv6& b) { return !(a == b); }
inline bool operator==(const Prefix& a, const Prefix& b) {
  return a.octets == b.octets && a.length == b.length && a.is_ipv6 == b.is_ipv6;
}
inline bool operator!=(const Prefix& a, const Prefix& b) { return !(a == b); }
inline bool operator==(const InterfaceId& a, const InterfaceId& b) { return a.octets == b.octets; }
inline bool operator!=(const InterfaceId& a, const InterfaceId& b) { return !(a == b); }
inline bool operator==(const Ethernet& a, const Ethernet& b) { return a.octets == b.octets; }
inline bool operator!=(const Ethernet& a, const Ethernet& b) { return !(a == b); }
inline bool operator==(Time a, Time b) { return a.seconds == b.seconds; }
inline bool operator!=(Time a, Time b) { return !(a == b); }

namespace detail {

/// Lower-case hexadecimal, `digits` of it at least.
inline void append_hex(std::string& text, unsigned number, unsigned digits) {
  for (unsigned shift = 16; shift != 0;) {
    shift -= 4;
    if (number >> shift != 0 || shift < 4 * digits) text += "0123456789abcdef"[(number >> shift) & 15];
  }
}

inline std::string dotted(const uint8_t* octets) {
  std::string text = decimal(octets[0]);
  for (size_t i = 1; i != 4; ++i) text += "." + decimal(octets[i]);
  return text;
}

}  // namespace detail

inline std::string to_string(const Ipv4& address) { return detail::dotted(address.octets.data()); }

/// RFC 5952.
inline std::string to_string(const Ipv6& address) {
  const auto group = [&](size_t i) { return unsigned{address.octets[2 * i]} << 8 | address.octets[2 * i + 1]; };
  size_t begin = 8;
  size_t length = 1;  // §4.2.2: a single group of zeros is not shortened
  for (size_t i = 0; i != 8; ++i) {
    size_t end = i;
    while (end != 8 && group(end) == 0) ++end;
    if (end - i <= length) continue;
    begin = i;
    length = end - i;
  }
  std::string text;
  for (size_t i = 0; i != 8; ++i) {
    if (i == begin) {
      text += "::";
      i += length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    detail::append_hex(text, group(i), 1);
  }
  return text;
}

inline std::string to_string(const Prefix& prefix) {
  std::string address;
  if (prefix.is_ipv6) address = to_string(Ipv6{prefix.octets});
  else address = detail::dotted(prefix.octets.data());
  return address + "/" + detail::decimal(prefix.length);
}

/// Four groups, as operators write them: `0:0:0:1`.
inline std::string to_string(const InterfaceId& id) {
  std::string text;
  for (size_t i = 0; i != 8; i += 2) {
    if (i != 0) text += ':';
    detail::append_hex(text, unsigned{id.octets[i]} << 8 | id.octets[i + 1], 1);
  }
  return text;
}

inline std::string to_string(const Ethernet& address) {
  std::string text;
  for (size_t i = 0; i != 6; ++i) {
    if (i != 0) text += ':';
    detail::append_hex(text, address.octets[i], 2);
  }
  return text;
}

/// In UTC, as RFC 3339 writes it: `2026-11-27T11:53:20Z`.
inline std::string to_string(Time time) {
  // Days are counted from March, so that the leap day is the last of its year.
  const uint32_t days = time.seconds / 86400 + 719468;
  const uint32_t era = days / 146097;
  const uint32_t day_of_era = days % 146097;
  const uint32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const uint32_t parts[] = {year_of_era + era * 400 + (month <= 2 ? 1 : 0),
                            month,
                            day_of_year - (153 * month_from_march + 2) / 5 + 1,
                            time.seconds / 3600 % 24,
                            time.seconds / 60 % 60,
                            time.seconds % 60};
  const char* const separators = "--T::Z";
  std::string text;
  for (size_t i = 0; i != 6; ++i) {
    if (parts[i] < 10) text += '0';
    text += detail::decimal(parts[i]);
    text += separators[i];
  }
  return text;
}

}  // namespace radius

#endif
