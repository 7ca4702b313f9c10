// SPDX-License-Identifier: Apache-2.0
#include "server/ports.h"

#include <algorithm>
#include <thread>

#include "server/privileges.h"

namespace radhost {

size_t worker_count(const ServerConfig& config) {
  if (config.workers != 0) return config.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

Result<Ports, std::string> Ports::bind(const Config& config, Log& log) {
  // First, because a server that runs with this configuration is best told by its control socket.
  auto control = ControlPorts::open(config, control_socket_owner(config.server), log);
  if (!control.ok()) return control.error();
  auto listeners = ListenerPorts::bind(config, worker_count(config.server), {}, log);
  if (!listeners.ok()) return listeners.error();
  return Ports{std::move(*listeners), std::move(*control)};
}

}  // namespace radhost
