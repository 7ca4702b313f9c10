// SPDX-License-Identifier: Apache-2.0
#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace radhost {
namespace {

constexpr std::array<uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress from_v4(const void* octets) {
  IpAddress address;
  std::memcpy(address.octets.data(), octets, 4);
  return address;
}

IpAddress from_v6(const in6_addr& in) {
  if (std::memcmp(&in, mapped_prefix.data(), mapped_prefix.size()) == 0) return from_v4(in.s6_addr + 12);
  IpAddress address{IpAddress::Family::V6, {}};
  std::memcpy(address.octets.data(), &in, 16);
  return address;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.octets.data()) == 1) return address;
  address.family = Family::V6;
  if (inet_pton(AF_INET6, terminated.c_str(), address.octets.data()) == 1) return address;
  return std::nullopt;
}

std::string IpAddress::to_text() const {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(family == Family::V4 ? AF_INET : AF_INET6, octets.data(), text, sizeof text);
  return text;
}

IpAddress masked(const IpAddress& address, unsigned length) {
  IpAddress result = address;
  size_t whole = length / 8;
  if (whole >= result.octets.size()) return result;
  result.octets[whole] = static_cast<uint8_t>(result.octets[whole] & ~(0xffu >> length % 8));
  std::fill(result.octets.begin() + static_cast<ptrdiff_t>(whole) + 1, result.octets.end(), uint8_t{0});
  return result;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  size_t slash = text.find('/');
  auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  unsigned length = address->bits();
  if (slash != std::string_view::npos) {
    auto number = parse_number<unsigned>(text.substr(slash + 1));
    if (!number || *number > address->bits()) return std::nullopt;
    length = *number;
  }
  return Prefix{masked(*address, length), static_cast<uint8_t>(length)};
}

std::string Prefix::to_text() const { return address.to_text() + "/" + std::to_string(length); }

bool Prefix::contains(const IpAddress& other) const {
  return other.family == address.family && masked(other, length) == address;
}

Prefix Prefix::unmapped() const {
  constexpr unsigned mapped_bits = mapped_prefix.size() * 8;
  bool is_mapped = address.family == IpAddress::Family::V6 && length >= mapped_bits &&
                   std::equal(mapped_prefix.begin(), mapped_prefix.end(), address.octets.begin());
  if (!is_mapped) return *this;
  Prefix prefix;
  prefix.address.family = IpAddress::Family::V4;
  std::copy(address.octets.begin() + mapped_prefix.size(), address.octets.end(), prefix.address.octets.begin());
  prefix.length = static_cast<uint8_t>(length - mapped_bits);
  return prefix;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  auto address = IpAddress::parse(host);
  auto port = parse_number<uint16_t>(text.substr(colon + 1));
  if (!address || !port || bracketed != (address->family == IpAddress::Family::V6)) return std::nullopt;
  return SocketAddress{*address, *port};
}

SocketAddress SocketAddress::from(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    auto& in = reinterpret_cast<const sockaddr_in&>(storage);
    return {from_v4(&in.sin_addr), ntohs(in.sin_port)};
  }
  auto& in6 = reinterpret_cast<const sockaddr_in6&>(storage);
  return {from_v6(in6.sin6_addr), ntohs(in6.sin6_port), in6.sin6_scope_id};
}

std::string SocketAddress::to_text() const {
  std::string host = address.to_text();
  if (address.family == IpAddress::Family::V6) host = "[" + host + "]";
  return host + ":" + std::to_string(port);
}

socklen_t SocketAddress::to_system(sockaddr_storage& storage, IpAddress::Family socket_family) const {
  if (socket_family == IpAddress::Family::V4) {
    auto& in = reinterpret_cast<sockaddr_in&>(storage);
    in = {};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.octets.data(), 4);
    return sizeof in;
  }
  auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
  in6 = {};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(port);
  in6.sin6_scope_id = scope_id;
  if (address.family == IpAddress::Family::V6) {
    std::memcpy(&in6.sin6_addr, address.octets.data(), 16);
  } else {
    std::memcpy(&in6.sin6_addr, mapped_prefix.data(), mapped_prefix.size());
    std::memcpy(in6.sin6_addr.s6_addr + 12, address.octets.data(), 4);
  }
  return sizeof in6;
}

}  // namespace radhost
