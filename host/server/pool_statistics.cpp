// SPDX-License-Identifier: Apache-2.0
#include "server/pool_statistics.h"

#include <nlohmann/json.hpp>

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;
using Type = Exposition::Type;
using Workers = std::span<const WorkerCounters* const>;

struct NamedServerCounter {
  std::string_view name;
  Counter HomeServerCounters::*counter;
  std::string_view help;
};
constexpr NamedServerCounter server_counters[] = {
    {"requests", &HomeServerCounters::requests, "Requests sent to a home server, without retransmissions."},
    {"retransmissions", &HomeServerCounters::retransmissions, "Requests sent to it again."},
    {"answers", &HomeServerCounters::answers, "Valid answers."},
    {"timeouts", &HomeServerCounters::timeouts, "Transmissions that it did not answer in time."},
    {"probes", &HomeServerCounters::probes, "Status-Server packets sent to it."},
    {"probe_answers", &HomeServerCounters::probe_answers, "Status-Server packets that it answered."},
    {"connections_opened", &HomeServerCounters::connections_opened, "Connections to it that were opened."},
    {"connections_failed", &HomeServerCounters::connections_failed, "Connections to it that could not be opened."},
    {"watchdog_expiries", &HomeServerCounters::watchdog_expiries,
     "Times that a connection's Status-Server was not answered in time."},
};

uint64_t sum(const HomeServer& server, Workers workers, Counter HomeServerCounters::*counter) {
  uint64_t total = 0;
  for (const WorkerCounters* worker : workers) total += (worker->home_servers[server.index].*counter).value();
  return total;
}

uint64_t sum_bad(const HomeServer& server, Workers workers, size_t reason) {
  uint64_t total = 0;
  for (const WorkerCounters* worker : workers) total += worker->home_servers[server.index].bad_answers[reason].value();
  return total;
}

std::string_view state_of(const HomeServer& server) { return server.is_dead() ? "dead" : "up"; }

/// Calls `visit` for each server of each pool.
template <class Visitor>
void each_server(const Assembly& assembly, Visitor visit) {
  for (const std::shared_ptr<const Pool>& pool : assembly.pools())
    for (const HomeServer& server : pool->servers) visit(*pool, server);
}

Json server_json(const HomeServer& server, Workers workers) {
  return {{"address", server.name},
          {"transport", transport_word(server.transport)},
          {"state", state_of(server)},
          {"connections", sum(server, workers, &HomeServerCounters::connections)},
          {"outstanding", sum(server, workers, &HomeServerCounters::outstanding)}};
}

template <class Make>
Json by_pool(const Assembly& assembly, Make make) {
  Json pools = Json::object();
  for (const std::shared_ptr<const Pool>& pool : assembly.pools()) {
    Json& servers = pools[pool->name()]["servers"] = Json::array();
    for (const HomeServer& server : pool->servers) servers.push_back(make(server));
  }
  return pools;
}

}  // namespace

Json pools_json(const Assembly& assembly, Workers workers) {
  return by_pool(assembly, [&](const HomeServer& server) {
    Json json = server_json(server, workers);
    for (const NamedServerCounter& named : server_counters)
      json[std::string(named.name)] = sum(server, workers, named.counter);
    Json& bad = json["bad_answers"] = Json::object();
    for (size_t i = 0; i < bad_answer_count; ++i)
      if (uint64_t count = sum_bad(server, workers, i); count != 0) bad[std::string(bad_answer_words[i])] = count;
    return json;
  });
}

Json pools_status_json(const Assembly& assembly, Workers workers) {
  return by_pool(assembly, [&](const HomeServer& server) { return server_json(server, workers); });
}

void collect_pools(const Assembly& assembly, Workers workers, Exposition& metrics) {
  if (assembly.pools().empty()) return;
  for (const NamedServerCounter& named : server_counters) {
    metrics.begin("radhost_pool_" + std::string(named.name) + "_total", Type::Counter, named.help);
    each_server(assembly, [&](const Pool& pool, const HomeServer& server) {
      metrics.add({{"pool", pool.name()}, {"server", server.name}},
                  static_cast<double>(sum(server, workers, named.counter)));
    });
  }
  metrics.begin("radhost_pool_bad_answers_total", Type::Counter, "Datagrams from a home server that were dropped.");
  each_server(assembly, [&](const Pool& pool, const HomeServer& server) {
    for (size_t i = 0; i < bad_answer_count; ++i)
      metrics.add({{"pool", pool.name()}, {"server", server.name}, {"reason", bad_answer_words[i]}},
                  static_cast<double>(sum_bad(server, workers, i)));
  });
  metrics.begin("radhost_pool_outstanding", Type::Gauge, "Requests that wait for a home server's answer.");
  each_server(assembly, [&](const Pool& pool, const HomeServer& server) {
    metrics.add({{"pool", pool.name()}, {"server", server.name}},
                static_cast<double>(sum(server, workers, &HomeServerCounters::outstanding)));
  });
  metrics.begin("radhost_pool_connections", Type::Gauge, "Connections to a home server that are open.");
  each_server(assembly, [&](const Pool& pool, const HomeServer& server) {
    metrics.add({{"pool", pool.name()}, {"server", server.name}},
                static_cast<double>(sum(server, workers, &HomeServerCounters::connections)));
  });
  metrics.begin("radhost_pool_server_up", Type::Gauge, "1 while a home server answers, 0 while it is dead.");
  each_server(assembly, [&](const Pool& pool, const HomeServer& server) {
    metrics.add({{"pool", pool.name()}, {"server", server.name}}, server.is_dead() ? 0 : 1);
  });
}

}  // namespace radhost
