// SPDX-License-Identifier: Apache-2.0
#include "server/listener_ports.h"

#include <algorithm>

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

/// Takes one out of `kept` that is open for this.
std::optional<OpenAddress> take_kept(std::vector<OpenAddress>& kept, const ListenerConfig& listener,
                                     const SocketAddress& address) {
  auto found = std::find_if(kept.begin(), kept.end(), [&](const OpenAddress& open) {
    return open.configured == address && open.receive_buffer == listener.receive_buffer &&
           (address.port != 0 || open.name == listener.name);
  });
  if (found == kept.end()) return std::nullopt;
  OpenAddress taken = std::move(*found);
  kept.erase(found);
  return taken;
}

}  // namespace

Result<ListenerPorts, std::string> ListenerPorts::bind(const Config& config, size_t workers,
                                                       std::vector<OpenAddress> kept, Log& log) {
  ListenerPorts ports;
  ports.by_worker.resize(workers);
  for (size_t listener = 0; listener < config.listeners.size(); ++listener) {
    const ListenerConfig& from = config.listeners[listener];
    for (const SocketAddress& address : from.address) {
      if (auto open = take_kept(kept, from, address)) {
        ports.open.push_back({listener, from.name, address, open->bound, from.receive_buffer});
        continue;
      }
      UdpSocket::Options options{workers, from.receive_buffer, has_ipv4_wildcard(config, address.port)};
      auto group = UdpSocket::bind_group(address, options);
      if (!group.ok()) return group.error();
      for (size_t worker = 0; worker < workers; ++worker)
        ports.by_worker[worker].push_back({std::move(group->sockets[worker]), group->address});
      if (from.receive_buffer != 0 && group->receive_buffer < from.receive_buffer)
        log.warn("the system gives a smaller receive_buffer than asked for: see net.core.rmem_max",
                 {{"listener", from.name}, {"octets", group->receive_buffer}, {"asked", from.receive_buffer}});
      ports.open.push_back({listener, from.name, address, group->address, from.receive_buffer});
      log.info("listening", {{"listener", from.name}, {"transport", "udp"}, {"address", group->address.to_text()}});
    }
  }
  return ports;
}

std::vector<SocketAddress> closed_between(const std::vector<OpenAddress>& before,
                                          const std::vector<OpenAddress>& after) {
  std::vector<SocketAddress> closed;
  for (const OpenAddress& open : before) {
    bool is_kept =
        std::any_of(after.begin(), after.end(), [&](const OpenAddress& other) { return other.bound == open.bound; });
    if (!is_kept) closed.push_back(open.bound);
  }
  return closed;
}

}  // namespace radhost
