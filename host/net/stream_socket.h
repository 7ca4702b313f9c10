// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/address.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace radhost {

/// A listening TCP socket, non-blocking; closes itself. One thread at a time.
class StreamSocket {
 public:
  /// The sockets of one listening address: `count` of them on the same address and port, in one SO_REUSEPORT group,
  /// among which the system divides connections. A port that somebody else has is an error, as is every other failure;
  /// the error says what and why.
  struct Group {
    std::vector<StreamSocket> sockets;
    SocketAddress address;  ///< with the port that was given, where 0 was asked for
  };
  struct Options {
    size_t count = 1;
    bool v6_only = false;  ///< of an IPv6 wildcard
  };
  static Result<Group, std::string> bind_group(const SocketAddress& address, const Options& options);

  /// One that another process has bound as this class binds them.
  static StreamSocket taken_over(Descriptor socket) { return StreamSocket(std::move(socket)); }

  int fd() const { return socket_.number(); }
  Descriptor take() { return std::move(socket_); }

 private:
  explicit StreamSocket(Descriptor socket) : socket_(std::move(socket)) {}
  static Result<StreamSocket, std::string> bind_one(const SocketAddress& address, bool shared, const Options& options);

  Descriptor socket_;
};

}  // namespace radhost
