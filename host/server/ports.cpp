// SPDX-License-Identifier: Apache-2.0
#include "server/ports.h"

#include <algorithm>
#include <thread>

#include "server/privileges.h"

namespace radhost {
namespace {

/// Does an IPv4 wildcard listen on the same port? Then [::] must leave IPv4 to it.
bool has_ipv4_wildcard(const Config& config, uint16_t port) {
  for (const ListenerConfig& listener : config.listeners)
    for (const SocketAddress& address : listener.address)
      if (address.port == port && address.address.family == IpAddress::Family::V4 && address.address.is_wildcard())
        return true;
  return false;
}

}  // namespace

size_t worker_count(const ServerConfig& config) {
  if (config.workers != 0) return config.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

Result<Ports, std::string> Ports::bind(const Config& config, Log& log) {
  // First, because a server that runs with this configuration is best told by its control socket.
  auto control = ControlPorts::open(config, control_socket_owner(config.server), log);
  if (!control.ok()) return control.error();
  Ports ports{{}, {}, std::move(*control)};
  ports.by_worker.resize(worker_count(config.server));
  ports.addresses.resize(config.listeners.size());
  for (size_t listener = 0; listener < config.listeners.size(); ++listener) {
    const ListenerConfig& from = config.listeners[listener];
    for (const SocketAddress& address : from.address) {
      UdpSocket::Options options{ports.by_worker.size(), from.receive_buffer, has_ipv4_wildcard(config, address.port)};
      auto group = UdpSocket::bind_group(address, options);
      if (!group.ok()) return group.error();
      for (size_t worker = 0; worker < ports.by_worker.size(); ++worker)
        ports.by_worker[worker].push_back({std::move(group->sockets[worker]), listener});
      if (from.receive_buffer != 0 && group->receive_buffer < from.receive_buffer)
        log.warn("the system gives a smaller receive_buffer than asked for: see net.core.rmem_max",
                 {{"listener", from.name}, {"octets", group->receive_buffer}, {"asked", from.receive_buffer}});
      ports.addresses[listener].push_back(group->address);
      log.info("listening", {{"listener", from.name}, {"transport", "udp"}, {"address", group->address.to_text()}});
    }
  }
  return ports;
}

}  // namespace radhost
