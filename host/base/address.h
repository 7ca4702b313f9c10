// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace radhost {

/// An IPv4 or IPv6 address. IPv4 lies in the first four octets, the rest is zero. An IPv4 address that was
/// mapped into IPv6 by a dual-stack socket is IPv4 here.
struct IpAddress {
  enum class Family : uint8_t {
    V4 = 4,
    V6 = 6
  };

  Family family = Family::V4;
  std::array<uint8_t, 16> octets{};

  static std::optional<IpAddress> parse(std::string_view text);
  std::string to_text() const;
  unsigned bits() const { return family == Family::V4 ? 32 : 128; }
  bool is_wildcard() const { return octets == std::array<uint8_t, 16>{}; }
  auto operator<=>(const IpAddress&) const = default;
};

/// An address range in CIDR notation; the bits outside the prefix are zero.
struct Prefix {
  IpAddress address;
  uint8_t length = 0;

  /// `192.0.2.0/24`, or an address alone. Host bits are masked.
  static std::optional<Prefix> parse(std::string_view text);
  std::string to_text() const;
  bool contains(const IpAddress& other) const;
  /// The IPv4 prefix that an IPv4-mapped one, such as ::ffff:192.0.2.0/120, stands for; itself otherwise. Peers'
  /// addresses are never mapped ones: see SocketAddress::from.
  Prefix unmapped() const;
  auto operator<=>(const Prefix&) const = default;
};

/// `address` with all bits behind the first `length` cleared.
IpAddress masked(const IpAddress& address, unsigned length);

/// An address and a port: one end of a conversation over UDP or TCP.
struct SocketAddress {
  IpAddress address;
  uint16_t port = 0;
  uint32_t scope_id = 0;  ///< of a link-local IPv6 address

  /// `192.0.2.1:1812`, `[::]:1812`.
  static std::optional<SocketAddress> parse(std::string_view text);
  static SocketAddress from(const sockaddr_storage& storage);
  std::string to_text() const;

  /// For the system: in the socket's family, so an IPv4 address is mapped for an IPv6 socket. Gives the size.
  socklen_t to_system(sockaddr_storage& storage, IpAddress::Family socket_family) const;
  auto operator<=>(const SocketAddress&) const = default;
};

}  // namespace radhost
