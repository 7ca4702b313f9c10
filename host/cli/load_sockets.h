// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/load_ports.h"
#include "net/connected_socket.h"

namespace radhost {

/// UDP sockets that a load goes over.
class LoadSockets : public LoadPorts {
 public:
  struct Options {
    SocketAddress server;
    size_t count = 1;
    size_t sources = 0;  ///< addresses from 127.1.0.1 on that they are bound to in turn; 0: the system's choice
  };
  /// Opens them. Throws std::runtime_error when one cannot be had.
  explicit LoadSockets(const Options& options);

  size_t count() const override { return sockets_.size(); }
  bool can_send(size_t) const override { return true; }
  void send(size_t port, std::span<const Octets> packets) override { sockets_[port].send(packets); }

 private:
  void ready(size_t port, Taker& taker) override;

  std::vector<ConnectedSocket> sockets_;
  std::vector<uint8_t> rooms_;
};

}  // namespace radhost
