// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "config/config.h"
#include "control/controls.h"
#include "control/http_server.h"

namespace radhost {

/// Where the control plane will serve, as [server] control and [metrics] address say. Opened with the listeners' ports,
/// before root is given up; what connects before there is a ControlPlane waits.
struct ControlPorts {
  std::optional<ListeningSocket> control;
  std::optional<ListeningSocket> metrics;

  /// What another process still has.
  struct Elsewhere {
    bool control = false;
    bool metrics = false;
  };
  /// Opens what is not elsewhere, and logs each. The error says which one cannot be had, and why.
  static Result<ControlPorts, std::string> open(const Config& config, const SocketOwner& owner,
                                                const Elsewhere& elsewhere, Log& log);
};

/// The control socket and the metrics endpoint, served while this lives, each on a thread of its own.
class ControlPlane {
 public:
  /// Throws std::runtime_error when there is no thread to be had.
  ControlPlane(ControlPorts ports, Controls& controls);

  /// Takes no more connections; those that there are go on. Gives the sockets that another process is to have.
  struct Left {
    Descriptor control;
    Descriptor metrics;
  };
  Left leave(bool control, bool metrics);

 private:
  std::optional<HttpServer> control_;
  std::optional<HttpServer> metrics_;
};

}  // namespace radhost
