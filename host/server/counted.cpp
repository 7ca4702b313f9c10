// SPDX-License-Identifier: Apache-2.0
#include "server/counted.h"

namespace radhost {

uint64_t Counted::pending(RequestKind kind) const {
  uint64_t total = 0;
  for (const Counters* of : counters) total += of->kinds[static_cast<size_t>(kind)].pending();
  return total;
}

std::vector<Counted> count_listeners(const Assembly& assembly, std::span<const WorkerCounters* const> workers) {
  std::vector<Counted> all;
  for (size_t i = 0; i < assembly.listeners().size(); ++i) {
    const Listener& from = *assembly.listeners()[i];
    Counted& listener = all.emplace_back(Counted{from.name, from.index, assembly.config().listeners[i].accepts, {}});
    for (const WorkerCounters* worker : workers) listener.counters.push_back(&worker->listeners[from.index]);
  }
  return all;
}

std::vector<CountedConnections> count_connections(const Assembly& assembly,
                                                  std::span<const WorkerCounters* const> workers) {
  std::vector<CountedConnections> all;
  for (size_t i = 0; i < assembly.listeners().size(); ++i) {
    if (!assembly.config().listeners[i].is_stream()) continue;
    const Listener& from = *assembly.listeners()[i];
    CountedConnections& counted = all.emplace_back(CountedConnections{from.name, from.record.connections, 0, {}});
    for (const WorkerCounters* worker : workers) {
      const ConnectionCounters& of = worker->connections[from.index];
      counted.opened += of.opened.value();
      for (size_t end = 0; end < stream_end_count; ++end) counted.ended[end] += of.ended[end].value();
    }
  }
  return all;
}

std::vector<Counted> count_clients(const Assembly& assembly, std::span<const WorkerCounters* const> workers) {
  constexpr RequestKind all_kinds[] = {RequestKind::Access, RequestKind::Accounting, RequestKind::Coa,
                                       RequestKind::Disconnect};
  std::vector<Counted> heard_of;
  for (const std::shared_ptr<const Client>& from : assembly.clients()) {
    Counted client{from->name, from->index, {}, {}};
    for (const WorkerCounters* worker : workers) client.counters.push_back(&worker->clients[from->index]);
    if (client.sum(&Counters::requests) == 0) continue;
    for (RequestKind kind : all_kinds)
      if (client.sum(kind, &KindCounters::requests) != 0) client.kinds.push_back(kind);
    heard_of.push_back(std::move(client));
  }
  return heard_of;
}

}  // namespace radhost
