// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "net/endpoint.h"
#include "net/stream_socket.h"
#include "net/udp_socket.h"

namespace radhost {

/// An address that sockets are open for, one for each worker.
struct OpenAddress {
  size_t listener;           ///< whose it is, by its index in the configuration
  std::string name;          ///< that listener's
  SocketAddress configured;  ///< its port may be 0
  SocketAddress bound;       ///< with the port that was given: no other has this
  uint32_t receive_buffer;   ///< octets that were asked for
  Transport transport = Transport::Udp;

  Endpoint endpoint() const { return {bound, transport != Transport::Udp}; }
};

/// A bound socket, and the address that it is one of.
struct Port {
  UdpSocket socket;
  SocketAddress bound;
};

/// The same of one that takes connections.
struct StreamPort {
  StreamSocket socket;
  SocketAddress bound;
};

/// One worker's.
struct WorkerPorts {
  std::vector<Port> datagrams;
  std::vector<StreamPort> streams;
};

/// The addresses of all listeners.
struct ListenerPorts {
  std::vector<OpenAddress> open;       ///< in the configuration's order
  std::vector<WorkerPorts> by_worker;  ///< the sockets that workers do not have yet

  /// Binds, and logs each address. `kept`: those that are open; what they are open for is not bound again: the same
  /// address, receive buffer and sort of socket, and where the system chose the port, the same listener. The error says
  /// which one cannot be had, and why.
  static Result<ListenerPorts, std::string> bind(const Config& config, size_t workers,
                                                 std::vector<OpenAddress> kept, Log& log);
};

/// Says that an address is listened at.
void log_listening(const OpenAddress& open, Log& log);

/// What `before` listens at and `after` does not.
std::vector<Endpoint> closed_between(const std::vector<OpenAddress>& before,
                                     const std::vector<OpenAddress>& after);

}  // namespace radhost
