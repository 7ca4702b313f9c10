// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/address.h"
#include "base/octets.h"
#include "base/result.h"

namespace radhost {

/// A client's UDP socket: connected, so that only its server's datagrams arrive; non-blocking; closes itself. One
/// thread at a time.
class ConnectedSocket {
 public:
  /// `source`: the address to send from, of the server's family; nothing leaves the choice to the system. The error
  /// says what failed and why.
  static Result<ConnectedSocket, std::string> open(const SocketAddress& server, const std::optional<IpAddress>& source);

  ConnectedSocket(ConnectedSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ConnectedSocket& operator=(ConnectedSocket&&) = delete;
  ~ConnectedSocket();

  int fd() const { return fd_; }

  static constexpr size_t batch_max = 64;

  /// Sends datagrams, at most batch_max. Waits a moment where the system's queue is full. What the system refuses
  /// for good is as good as lost on the way.
  void send(std::span<const Octets> datagrams);

  /// Sends one, and does not wait where the queue is full either: it is lost then too.
  void send_now(Octets datagram);

  /// Receives datagrams that are waiting, at most batch_max: the first rooms shrink to what came. How many. A
  /// datagram that is longer than its room loses its end.
  size_t receive(std::span<MutableOctets> rooms);

 private:
  explicit ConnectedSocket(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace radhost
