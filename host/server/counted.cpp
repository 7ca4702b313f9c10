// SPDX-License-Identifier: Apache-2.0
#include "server/counted.h"

namespace radhost {

uint64_t Counted::pending(RequestKind kind) const {
  uint64_t total = 0;
  for (const Counters* of : counters) total += of->kinds[static_cast<size_t>(kind)].pending();
  return total;
}

std::vector<Counted> count_listeners(const Config& config, std::span<const WorkerCounters* const> workers) {
  std::vector<Counted> all;
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    Counted& listener = all.emplace_back(Counted{config.listeners[i].name, config.listeners[i].accepts, {}});
    for (const WorkerCounters* worker : workers) listener.counters.push_back(&worker->listeners[i]);
  }
  return all;
}

std::vector<CountedPlugin> count_plugins(std::span<const std::shared_ptr<Instance>> instances) {
  std::vector<CountedPlugin> all;
  for (const auto& instance : instances) {
    CountedPlugin& plugin = all.emplace_back(CountedPlugin{instance->name(), {}});
    for (size_t worker = 0; worker < instance->workers(); ++worker) {
      const HandlerCounters& counters = instance->counters(worker);
      counters.handling.add_to(plugin.handling);
      plugin.errors += counters.errors.value();
      plugin.timeouts += counters.timeouts.value();
      plugin.no_thread += counters.no_thread.value();
      plugin.slow_calls += counters.slow_calls.value();
    }
  }
  return all;
}

std::vector<Counted> count_clients(const Config& config, std::span<const WorkerCounters* const> workers) {
  constexpr RequestKind all_kinds[] = {RequestKind::Access, RequestKind::Accounting, RequestKind::Coa,
                                       RequestKind::Disconnect};
  std::vector<Counted> heard_of;
  for (size_t i = 0; i < config.clients.size(); ++i) {
    Counted client{config.clients[i].name, {}, {}};
    for (const WorkerCounters* worker : workers) client.counters.push_back(&worker->clients[i]);
    if (client.sum(&Counters::requests) == 0) continue;
    for (RequestKind kind : all_kinds)
      if (client.sum(kind, &KindCounters::requests) != 0) client.kinds.push_back(kind);
    heard_of.push_back(std::move(client));
  }
  return heard_of;
}

}  // namespace radhost
