// SPDX-License-Identifier: Apache-2.0
/// How values of each type are read and written.
#ifndef RADIUS_CPP_VALUE_HPP
#define RADIUS_CPP_VALUE_HPP

#include <radius/list.h>
#include <radius/cpp/address.hpp>
#include <radius/cpp/attr.hpp>
#include <radius/cpp/decimal.hpp>
#include <radius/cpp/error.hpp>
#include <radius/cpp/text.hpp>

#include <optional>
#include <string_view>
#include <type_traits>

namespace radius::detail {

template <class T>
inline constexpr bool is_integer_v = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>;

/// Value<T>: which data types T can hold (`holds`), how it is read and written, and what people call it (`name`).
/// Reading gives nothing when the octets are of another length.
template <class T, class = void>
struct Value;

template <class T>
struct Value<T, std::enable_if_t<is_integer_v<T>>> {
  static constexpr const char* name = "an integer of this width";
  static constexpr bool holds(radius_type_t type) {
    if (std::is_signed_v<T>) return type == RADIUS_TYPE_INT32 && sizeof(T) >= 4;
    switch (type) {
      case RADIUS_TYPE_UINT8: return true;
      case RADIUS_TYPE_UINT16: return sizeof(T) >= 2;
      case RADIUS_TYPE_UINT32: return sizeof(T) >= 4;
      case RADIUS_TYPE_UINT64: return sizeof(T) >= 8;
      default: return false;
    }
  }
  static std::optional<T> read(const radius_lists_v1_t& lists, const radius_view_t& view) {
    uint64_t number = 0;
    if (lists.read_integer(&view, &number) != RADIUS_OK) return std::nullopt;
    // Signed ones are 32 bits wide, and travel as the unsigned number with the same octets.
    if constexpr (std::is_signed_v<T>) return static_cast<T>(static_cast<int32_t>(static_cast<uint32_t>(number)));
    else return static_cast<T>(number);
  }
  template <class V>
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             V value) {
    static_assert(is_integer_v<V> || std::is_enum_v<V>, "the attribute takes an integer");
    if constexpr (std::is_enum_v<V>) {
      return add(lists, list, attr, tag, static_cast<std::underlying_type_t<V>>(value));
    } else if constexpr (std::is_signed_v<T>) {
      const auto number = static_cast<int32_t>(value);
      if (static_cast<V>(number) != value || (number < 0) != is_negative(value)) return RADIUS_ERR_RANGE;
      return lists.add_integer(list, attr, tag, static_cast<uint32_t>(number));
    } else {
      return is_negative(value) ? radius_status_t{RADIUS_ERR_RANGE}
                                : lists.add_integer(list, attr, tag, static_cast<uint64_t>(value));
    }
  }
  template <class V>
  static constexpr bool is_negative(V value) {
    if constexpr (std::is_signed_v<V>) return value < 0;
    else return static_cast<void>(value), false;
  }
};

template <>
struct Value<Octets> {
  static constexpr const char* name = "octets";
  static constexpr bool holds(radius_type_t type) { return type != RADIUS_TYPE_TLV && type != RADIUS_TYPE_CONTAINER; }
  static std::optional<Octets> read(const radius_lists_v1_t&, const radius_view_t& view) {
    return Octets(view.data, view.length);
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             Octets value) {
    return lists.add_octets(list, attr, tag, value.data(), value.size());
  }
};

template <>
struct Value<std::string_view> {
  static constexpr const char* name = "text";
  static constexpr bool holds(radius_type_t type) { return type == RADIUS_TYPE_TEXT; }
  static std::optional<std::string_view> read(const radius_lists_v1_t&, const radius_view_t& view) {
    return Octets(view.data, view.length).text();
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             std::string_view value) {
    return Value<Octets>::add(lists, list, attr, tag, Octets(value));
  }
};

namespace detail {

/// Addresses of one family: their data type, and the functions that read and add them.
template <class Address, radius_type_t data_type, auto read_it, auto add_it>
struct AddressValue {
  static constexpr bool holds(radius_type_t type) { return type == data_type || type == RADIUS_TYPE_COMBO_IP; }
  static std::optional<Address> read(const radius_lists_v1_t& lists, const radius_view_t& view) {
    Address value;
    if ((lists.*read_it)(&view, value.octets.data()) != RADIUS_OK) return std::nullopt;
    return value;
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             const Address& value) {
    return (lists.*add_it)(list, attr, tag, value.octets.data());
  }
};

}  // namespace detail

template <>
struct Value<Ipv4>
    : detail::AddressValue<Ipv4, RADIUS_TYPE_IPV4, &radius_lists_v1_t::read_ipv4, &radius_lists_v1_t::add_ipv4> {
  static constexpr const char* name = "an IPv4 address";
};

template <>
struct Value<Ipv6>
    : detail::AddressValue<Ipv6, RADIUS_TYPE_IPV6, &radius_lists_v1_t::read_ipv6, &radius_lists_v1_t::add_ipv6> {
  static constexpr const char* name = "an IPv6 address";
};

template <>
struct Value<Prefix> {
  static constexpr const char* name = "a prefix";
  static constexpr bool holds(radius_type_t type) {
    return type == RADIUS_TYPE_IPV4_PREFIX || type == RADIUS_TYPE_IPV6_PREFIX;
  }
  static std::optional<Prefix> read(const radius_lists_v1_t& lists, const radius_view_t& view) {
    Prefix value;
    uint32_t length = 0;
    int32_t is_ipv6 = 0;
    if (lists.read_prefix(&view, value.octets.data(), &length, &is_ipv6) != RADIUS_OK) return std::nullopt;
    value.length = static_cast<uint8_t>(length);
    value.is_ipv6 = is_ipv6 != 0;
    return value;
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             const Prefix& value) {
    return lists.add_prefix(list, attr, tag, value.octets.data(), value.is_ipv6 ? 16 : 4, value.length);
  }
};

template <>
struct Value<InterfaceId> {
  static constexpr const char* name = "an interface identifier";
  static constexpr bool holds(radius_type_t type) { return type == RADIUS_TYPE_IFID; }
  static std::optional<InterfaceId> read(const radius_lists_v1_t& lists, const radius_view_t& view) {
    InterfaceId value;
    if (lists.read_ifid(&view, value.octets.data()) != RADIUS_OK) return std::nullopt;
    return value;
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             const InterfaceId& value) {
    return lists.add_ifid(list, attr, tag, value.octets.data());
  }
};

template <>
struct Value<Ethernet> {
  static constexpr const char* name = "an Ethernet address";
  static constexpr bool holds(radius_type_t type) { return type == RADIUS_TYPE_ETHERNET; }
  static std::optional<Ethernet> read(const radius_lists_v1_t&, const radius_view_t& view) {
    Ethernet value;
    if (view.length != value.octets.size()) return std::nullopt;
    for (size_t i = 0; i != value.octets.size(); ++i) value.octets[i] = view.data[i];
    return value;
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             const Ethernet& value) {
    return lists.add_octets(list, attr, tag, value.octets.data(), value.octets.size());
  }
};

template <>
struct Value<Time> {
  static constexpr const char* name = "a time";
  static constexpr bool holds(radius_type_t type) { return type == RADIUS_TYPE_TIME; }
  static std::optional<Time> read(const radius_lists_v1_t& lists, const radius_view_t& view) {
    uint64_t seconds = 0;
    if (lists.read_integer(&view, &seconds) != RADIUS_OK) return std::nullopt;
    return Time{static_cast<uint32_t>(seconds)};
  }
  static radius_status_t add(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                             Time value) {
    return lists.add_integer(list, attr, tag, value.seconds);
  }
};

/// A TLV has no value; others are grouped in it.
template <>
struct Value<Tlv> {
  static constexpr const char* name = "other attributes";
  static constexpr bool holds(radius_type_t type) { return type == RADIUS_TYPE_TLV || type == RADIUS_TYPE_CONTAINER; }
};

/// Reads a value as T. Throws when the attribute is of a type that T cannot hold.
template <class T>
std::optional<T> read_as(const radius_lists_v1_t& lists, const radius_view_t& view) {
  if (!Value<T>::holds(view.data_type))
    throw Error(RADIUS_ERR_TYPE, "attribute " + decimal(view.number) + " does not hold " + Value<T>::name);
  return Value<T>::read(lists, view);
}

/// Adds an integer to an attribute of any type: negative ones where the attribute is signed alone.
template <class V>
radius_status_t add_any_integer(const radius_lists_v1_t& lists, radius_list_t* list, radius_attr_t attr, int32_t tag,
                                V value) {
  if constexpr (std::is_enum_v<V>) {
    return add_any_integer(lists, list, attr, tag, static_cast<std::underlying_type_t<V>>(value));
  } else {
    if (!Value<uint64_t>::is_negative(value)) return lists.add_integer(list, attr, tag, static_cast<uint64_t>(value));
    const Decimal digits(static_cast<int64_t>(value));
    return lists.add_parsed(list, attr, tag, {digits.data(), digits.size()});
  }
}

}  // namespace radius::detail

#endif
