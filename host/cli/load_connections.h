// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "cli/load_ports.h"
#include "cli/server_connection.h"

namespace radhost {

/// Connections that a load goes over: TCP, with TLS or without. One that ends is opened again.
class LoadConnections : public LoadPorts {
 public:
  /// Throws std::runtime_error when the system cannot watch so many.
  LoadConnections(const ServerConnection::Options& options, size_t count);
  ~LoadConnections() override;

  /// Opens all, and waits for that, until `stop` is not 0. Empty when all went well, else the reason.
  std::string open_all(const volatile std::sig_atomic_t& stop);

  size_t count() const override { return ports_.size(); }
  bool can_send(size_t port) const override;
  void send(size_t port, std::span<const Octets> packets) override;
  bool are_given_up(uint64_t now_ns) const override;

  /// How many connections were opened again.
  size_t reopened() const { return reopened_; }

 private:
  struct Port {
    std::unique_ptr<ServerConnection> connection;
    uint64_t due_ns = UINT64_MAX;  // where none is established: when to begin one, or to give it up
    uint32_t watched = 0;          // events
    bool has_been_open = false;
    bool has_brought = false;  // a packet
  };
  void begin(size_t port, uint64_t now_ns);
  void go_on(size_t port, uint64_t now_ns);
  void finish(size_t port, uint64_t now_ns, Taker* taker);
  void watch_as_wanted(size_t port);
  void ready(size_t port, Taker& taker) override;
  uint64_t look_at_time(uint64_t now_ns, Taker& taker) override;

  ServerConnection::Options options_;
  std::vector<Port> ports_;
  size_t established_ = 0;
  size_t reopened_ = 0;
  uint64_t none_since_ns_ = 0;  // is established
  std::string why_;             // the last one came to nothing
};

}  // namespace radhost
