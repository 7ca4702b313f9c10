// SPDX-License-Identifier: Apache-2.0
#include "server/listener_ports.h"

#include <algorithm>

namespace radhost {
namespace {

/// Does an IPv4 wildcard listen on the same port? Then [::] must leave IPv4 to it.
bool has_ipv4_wildcard(const Config& config, const ListenerConfig& of, uint16_t port) {
  for (const ListenerConfig& listener : config.listeners)
    for (const SocketAddress& address : listener.address)
      if (listener.is_stream() == of.is_stream() && address.port == port &&
          address.address.family == IpAddress::Family::V4 && address.address.is_wildcard())
        return true;
  return false;
}

/// Takes one out of `kept` that is open for this.
std::optional<OpenAddress> take_kept(std::vector<OpenAddress>& kept, const ListenerConfig& listener,
                                     const SocketAddress& address) {
  auto found = std::find_if(kept.begin(), kept.end(), [&](const OpenAddress& open) {
    bool is_alike = listener.is_stream() ? open.transport != Transport::Udp
                                         : open.transport == Transport::Udp &&
                                               open.receive_buffer == listener.receive_buffer;
    return is_alike && open.configured == address &&
           (address.port != 0 || open.name == listener.name);
  });
  if (found == kept.end()) return std::nullopt;
  OpenAddress taken = std::move(*found);
  kept.erase(found);
  return taken;
}

/// Binds a socket for each worker, and says at which port. Gives the reason when that cannot be.
std::string bind_stream(OpenAddress& open, bool v6_only, std::vector<WorkerPorts>& by_worker) {
  auto group = StreamSocket::bind_group(open.configured, {by_worker.size(), v6_only});
  if (!group.ok()) return group.error();
  open.bound = group->address;
  for (size_t worker = 0; worker < by_worker.size(); ++worker)
    by_worker[worker].streams.push_back({std::move(group->sockets[worker]), open.bound});
  return {};
}

std::string bind_datagrams(OpenAddress& open, bool v6_only, std::vector<WorkerPorts>& by_worker, Log& log) {
  auto group = UdpSocket::bind_group(open.configured, {by_worker.size(), open.receive_buffer, v6_only});
  if (!group.ok()) return group.error();
  open.bound = group->address;
  for (size_t worker = 0; worker < by_worker.size(); ++worker)
    by_worker[worker].datagrams.push_back({std::move(group->sockets[worker]), open.bound});
  if (open.receive_buffer != 0 && group->receive_buffer < open.receive_buffer)
    log.warn("the system gives a smaller receive_buffer than asked for: see net.core.rmem_max",
             {{"listener", open.name}, {"octets", group->receive_buffer}, {"asked", open.receive_buffer}});
  return {};
}

}  // namespace

Result<ListenerPorts, std::string> ListenerPorts::bind(const Config& config, size_t workers,
                                                       std::vector<OpenAddress> kept, Log& log) {
  ListenerPorts ports;
  ports.by_worker.resize(workers);
  for (size_t listener = 0; listener < config.listeners.size(); ++listener) {
    const ListenerConfig& from = config.listeners[listener];
    for (const SocketAddress& address : from.address) {
      OpenAddress open{listener, from.name, address, address, from.receive_buffer, from.transport};
      if (auto known = take_kept(kept, from, address)) {
        open.bound = known->bound;
        ports.open.push_back(std::move(open));
        continue;
      }
      bool v6_only = has_ipv4_wildcard(config, from, address.port);
      std::string why = from.is_stream() ? bind_stream(open, v6_only, ports.by_worker)
                                         : bind_datagrams(open, v6_only, ports.by_worker, log);
      if (!why.empty()) return why;
      log_listening(open, log);
      ports.open.push_back(std::move(open));
    }
  }
  return ports;
}

void log_listening(const OpenAddress& open, Log& log) {
  log.info("listening", {{"listener", open.name},
                         {"transport", transport_word(open.transport)},
                         {"address", open.bound.to_text()}});
}

std::vector<Endpoint> closed_between(const std::vector<OpenAddress>& before, const std::vector<OpenAddress>& after) {
  std::vector<Endpoint> closed;
  for (const OpenAddress& open : before) {
    bool is_kept = std::any_of(after.begin(), after.end(),
                               [&](const OpenAddress& other) { return other.endpoint() == open.endpoint(); });
    if (!is_kept) closed.push_back(open.endpoint());
  }
  return closed;
}

}  // namespace radhost
