// SPDX-License-Identifier: Apache-2.0
#include "control/control_plane.h"

#include "control/control_api.h"

namespace radhost {

Result<ControlPorts, std::string> ControlPorts::open(const Config& config, const SocketOwner& owner,
                                                     const Elsewhere& elsewhere, Log& log) {
  ControlPorts ports;
  if (const std::string& path = config.server.control; !path.empty() && !elsewhere.control) {
    auto socket = ListeningSocket::at_path(path, owner);
    // Who starts a server without root and without a word about [server] control has no place for the default one. The
    // server serves without it; but a path that the file names, or that a running server has, is a mistake to be told.
    bool may_be_missing = path == ServerConfig{}.control && !socket.ok() && !socket.error().is_served;
    if (!socket.ok() && !may_be_missing) return socket.error().reason;
    if (socket.ok()) {
      ports.control.emplace(std::move(*socket));
      log.info("control socket", {{"path", path}});
    } else {
      log.warn("serving without a control socket", {{"why", socket.error().reason}});
    }
  }
  if (config.metrics.address && !elsewhere.metrics) {
    auto socket = ListeningSocket::at_address(*config.metrics.address);
    if (!socket.ok()) return socket.error().reason;
    ports.metrics.emplace(std::move(*socket));
    log.info("metrics", {{"address", ports.metrics->address().to_text()}});
  }
  return ports;
}

ControlPlane::ControlPlane(ControlPorts ports, Controls& controls) {
  if (ports.control)
    control_.emplace(std::move(*ports.control),
                     [&controls](const HttpRequest& request) { return answer_control(request, controls); });
  if (ports.metrics)
    metrics_.emplace(std::move(*ports.metrics),
                     [&controls](const HttpRequest& request) { return answer_metrics(request, controls); });
}

ControlPlane::Left ControlPlane::leave(bool control, bool metrics) {
  Left left;
  if (control_ && control) left.control = control_->leave();
  if (metrics_ && metrics) left.metrics = metrics_->leave();
  return left;
}

}  // namespace radhost
