// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/descriptor.h"
#include "net/udp_socket.h"

namespace radhost {

/// One end of the way by which a process hands datagrams to another one, as they came. Non-blocking; one thread at a
/// time.
class RelaySocket {
 public:
  /// Two ends that belong together. The error says what failed and why.
  static Result<std::pair<RelaySocket, RelaySocket>, std::string> open_pair();

  explicit RelaySocket(Descriptor socket) : socket_(std::move(socket)) {}

  int fd() const { return socket_.number(); }

  /// `bound`: the address of the socket that it came to. False when the other end has no room for it, or is closed.
  bool send(const SocketAddress& bound, const Datagram& datagram);

  struct Relayed {
    SocketAddress bound;
    Datagram datagram;  ///< its octets lie in `room`
  };
  /// One that waits, if there is one. `room`: for a datagram of RADIUS' greatest size, and what is told of it. What makes
  /// no sense is passed over.
  std::optional<Relayed> receive(MutableOctets room);
  /// Octets of such a room.
  static constexpr size_t room_size = 4608;
  /// Has the other end been closed, and nothing is left that it sent?
  bool is_over() const { return is_over_; }

 private:
  Descriptor socket_;
  bool is_over_ = false;
};

}  // namespace radhost
