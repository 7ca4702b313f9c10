// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/control_plane.h"
#include "server/listener_ports.h"

namespace radhost {

class Takeover;

/// As many as [server] workers says, or one for each core.
size_t worker_count(const ServerConfig& config);

/// The sockets of all listeners and those of the control plane. They are bound before anything else is done, so that
/// the rest runs as the user that serves.
struct Ports {
  ListenerPorts listeners;
  ControlPorts control;

  /// Binds, and logs each address. What another server has that is taken over from, comes from there (nullptr: none).
  /// The error says which one cannot be had, and why.
  static Result<Ports, std::string> bind(const Config& config, Log& log, Takeover* takeover = nullptr);
};

}  // namespace radhost
