// SPDX-License-Identifier: Apache-2.0
#include "server/ports.h"

#include <algorithm>
#include <thread>

#include "server/privileges.h"
#include "server/takeover.h"

namespace radhost {

size_t worker_count(const ServerConfig& config) {
  if (config.workers != 0) return config.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

Result<Ports, std::string> Ports::bind(const Config& config, Log& log, Takeover* takeover) {
  size_t workers = worker_count(config.server);
  std::vector<OpenAddress> kept;
  ControlPorts::Elsewhere elsewhere;
  if (takeover != nullptr) {
    const HandoverOffer& offer = takeover->offer();
    if (workers != offer.workers)
      return "the running server has " + std::to_string(offer.workers) + " workers and this one would have " +
             std::to_string(workers) + ": that takes a restart";
    kept = offer.addresses;
    elsewhere.control = !offer.control.empty() && offer.control == config.server.control;
    elsewhere.metrics = config.metrics.address && offer.metrics == config.metrics.address->to_text();
    takeover->wish_control(elsewhere.control, elsewhere.metrics);
  }
  // First, because a server that runs with this configuration is best told by its control socket.
  auto control = ControlPorts::open(config, control_socket_owner(config.server), elsewhere, log);
  if (!control.ok()) return control.error();
  auto listeners = ListenerPorts::bind(config, workers, std::move(kept), log);
  if (!listeners.ok()) return listeners.error();
  if (takeover != nullptr)
    for (const OpenAddress& taken : takeover->give_sockets(listeners->open, listeners->by_worker))
      log_listening(taken, log);
  return Ports{std::move(*listeners), std::move(*control)};
}

}  // namespace radhost
