// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "cli/load_ports.h"
#include "cli/load_report.h"
#include "cli/server_connection.h"

namespace radhost {

/// Full handshakes and nothing else, one after the other on each of several connections. A handshake is done when the
/// server has closed the connection in good order after it was told that nothing comes: in TLS 1.3 it looks at the
/// client's certificate when the client thinks that all hands are shaken.
class LoadHandshakes : private LoadPorts, private LoadPorts::Taker {
 public:
  struct Options {
    ServerConnection::Options server;
    size_t connections = 1;  ///< at once
    uint64_t count = UINT64_MAX;
    uint64_t end_ns = UINT64_MAX;  ///< none is begun from then on
  };
  /// Throws std::runtime_error when the system cannot watch so many.
  explicit LoadHandshakes(const Options& options) : options_(options), places_(options.connections) {}

  /// Runs to the end, or until `stop` is not 0.
  HandshakeReport run(const volatile std::sig_atomic_t& stop);

 private:
  struct Place {
    std::unique_ptr<ServerConnection> connection;  // none: over
    uint64_t begin_ns = 0;                         // of what is under way, or the earliest of the next one
    uint32_t watched = 0;
  };
  size_t count() const override { return places_.size(); }
  bool can_send(size_t) const override { return false; }
  void send(size_t, std::span<const Octets>) override {}
  bool take(size_t, Octets, uint64_t) override { return true; }
  void closed(size_t) override {}
  void ready(size_t number, LoadPorts::Taker& taker) override;
  uint64_t look_at_time(uint64_t now_ns, LoadPorts::Taker& taker) override;
  bool may_begin(uint64_t now_ns) const;
  void begin_if_due(size_t number, uint64_t now_ns);
  void conclude(size_t number, uint64_t now_ns);

  Options options_;
  std::vector<Place> places_;
  uint64_t begun_ = 0;
  size_t under_way_ = 0;
  bool is_stopped_ = false;
  HandshakeReport report_;
};

}  // namespace radhost
