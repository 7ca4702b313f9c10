// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "control/control_plane.h"
#include "net/udp_socket.h"

namespace radhost {

/// A bound socket, and the listener whose it is, by its index in the configuration.
struct Port {
  UdpSocket socket;
  size_t listener;
};

/// As many as [server] workers says, or one for each core.
size_t worker_count(const ServerConfig& config);

/// The sockets of all listeners, one of each address for each worker, and those of the control plane. They are bound
/// before anything else is done, so that the rest runs as the user that serves.
struct Ports {
  std::vector<std::vector<Port>> by_worker;
  std::vector<std::vector<SocketAddress>> addresses;  ///< of each listener, with the ports that were given
  ControlPorts control;

  /// Binds, and logs each address. The error says which one cannot be had, and why.
  static Result<Ports, std::string> bind(const Config& config, Log& log);
};

}  // namespace radhost
