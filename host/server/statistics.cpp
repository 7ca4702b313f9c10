// SPDX-License-Identifier: Apache-2.0
#include "server/statistics.h"

#include <nlohmann/json.hpp>

#include "server/counted.h"
#include "server/pool_statistics.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

constexpr NamedCounter of_access[] = {{"accepts", &KindCounters::positive},
                                      {"rejects", &KindCounters::negative},
                                      {"challenges", &KindCounters::challenges}};
constexpr NamedCounter of_accounting[] = {{"no_records", &KindCounters::no_records},
                                          {"responses", &KindCounters::positive}};
constexpr NamedCounter of_dynamic_authorization[] = {{"authorize_only", &KindCounters::authorize_only},
                                                     {"acks", &KindCounters::positive},
                                                     {"naks", &KindCounters::negative},
                                                     {"naks_authorize_only", &KindCounters::naks_authorize_only},
                                                     {"naks_no_session", &KindCounters::naks_no_session}};

std::span<const NamedCounter> counters_of(RequestKind kind) {
  switch (kind) {
    case RequestKind::Access: return of_access;
    case RequestKind::Accounting: return of_accounting;
    default: return of_dynamic_authorization;
  }
}

Json kind_json(const Counted& counted, RequestKind kind) {
  Json json = Json::object();
  auto put = [&](const NamedCounter& named) { json[std::string(named.name)] = counted.sum(kind, named.counter); };
  for (const NamedCounter& named : counters_of_all_kinds) put(named);
  for (const NamedCounter& named : counters_of(kind)) put(named);
  json["pending"] = counted.pending(kind);
  return json;
}

Json discards_json(const Counted& counted, bool with_zeros) {
  Json json = Json::object();
  for (size_t i = 0; i < discard_count; ++i) {
    uint64_t count = counted.discards(static_cast<Discard>(i));
    if (with_zeros || count != 0) json[std::string(discard_words[i])] = count;
  }
  return json;
}

Json counted_json(const Counted& counted) {
  Json json{{"requests", counted.sum(&Counters::requests)},
            {"replies", counted.sum(&Counters::replies)},
            {"attributes_left_out", counted.sum(&Counters::attributes_left_out)},
            {"in_flight", counted.sum(&Counters::in_flight)}};
  for (RequestKind kind : counted.kinds) json[std::string(kind_word(kind))] = kind_json(counted, kind);
  json["status"] = {{"requests", counted.status(&StatusCounters::requests)},
                    {"replies", counted.status(&StatusCounters::replies)},
                    {"dropped", counted.status(&StatusCounters::dropped)}};
  json["discards"] = discards_json(counted, false);
  return json;
}

Json connections_json(const CountedConnections& counted) {
  Json ended = Json::object();
  for (size_t end = 0; end < stream_end_count; ++end)
    if (counted.ended[end] != 0) ended[std::string(stream_end_words[end])] = counted.ended[end];
  return {{"open", counted.open}, {"opened", counted.opened}, {"ended", ended}};
}

Json plugin_json(const PluginTotals& plugin) {
  uint64_t calls = plugin.handling.count();
  return {{"calls", calls},
          {"mean_us", calls == 0 ? 0.0 : static_cast<double>(plugin.handling.sum_ns / calls) / 1000},
          {"errors", plugin.errors},
          {"timeouts", plugin.timeouts},
          {"no_thread", plugin.no_thread},
          {"slow_calls", plugin.slow_calls}};
}

Json store_json(const Store::Totals& store) {
  return {{"entries", store.entries}, {"octets", store.octets}, {"hits", store.hits},
          {"misses", store.misses},   {"full", store.full},     {"expired", store.expired}};
}

}  // namespace

Json statistics_json(const Assembly& assembly, const TotalsByPlugin& plugins,
                     std::span<const WorkerCounters* const> workers) {
  Json listeners = Json::object(), plugin_totals = Json::object(), clients = Json::object();
  Counted everything{};
  for (const Counted& listener : count_listeners(assembly, workers)) {
    Json& json = listeners[std::string(listener.name)] = counted_json(listener);
    json["invalid_requests_ipv4"] = listener.sum(&Counters::invalid_requests_ipv4);
    json["invalid_requests_ipv6"] = listener.sum(&Counters::invalid_requests_ipv6);
    json["kernel_drops"] = listener.sum(&Counters::kernel_drops);
    everything.counters.insert(everything.counters.end(), listener.counters.begin(), listener.counters.end());
  }
  for (const CountedConnections& counted : count_connections(assembly, workers))
    listeners[std::string(counted.name)]["connections"] = connections_json(counted);
  for (const auto& [name, totals] : plugins) plugin_totals[name] = plugin_json(totals);
  for (const Counted& client : count_clients(assembly, workers))
    clients[std::string(client.name)] = counted_json(client);
  return {{"listeners", listeners},
          {"plugins", plugin_totals},
          {"clients", clients},
          {"pools", pools_json(assembly, workers)},
          {"store", store_json(assembly.foundation().extensions.store.totals())},
          {"discards", discards_json(everything, true)}};
}

}  // namespace radhost
