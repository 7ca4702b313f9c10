// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "exchange/duplicate_cache.h"
#include "net/relay_socket.h"

namespace radhost {

/// What one worker has from that of the server that it takes over from, by the addresses of its sockets.
struct Inheritance {
  std::map<SocketAddress, std::unique_ptr<DuplicateCache>> duplicates;
  std::set<SocketAddress> streams;           ///< those that take connections
  std::unique_ptr<RelaySocket> predecessor;  ///< takes datagrams of what is in hand there; null without one
};

/// What is known of what came to a socket.
struct HandoverSocket {
  std::optional<KeyedHash::Key> hash;  ///< by which copies are known; nothing where they are not
  uint32_t dropped = 0;                ///< datagrams that the system had no room for

  bool operator==(const HandoverSocket&) const = default;
};

/// Records of duplicates (exchange/duplicate_record), by the addresses that the requests came to.
using RecordsByAddress = std::map<SocketAddress, std::vector<uint8_t>>;

}  // namespace radhost
