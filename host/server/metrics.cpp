// SPDX-License-Identifier: Apache-2.0
#include "server/metrics.h"

#include <algorithm>

#include "server/counted.h"
#include "server/plugin_metrics.h"
#include "server/pool_statistics.h"

namespace radhost {
namespace {

using Type = Exposition::Type;

struct Response {
  RequestKind kind;
  Code code;
  Counter KindCounters::*counter;
};
constexpr Response responses[] = {
    {RequestKind::Access, Code::AccessAccept, &KindCounters::positive},
    {RequestKind::Access, Code::AccessReject, &KindCounters::negative},
    {RequestKind::Access, Code::AccessChallenge, &KindCounters::challenges},
    {RequestKind::Accounting, Code::AccountingResponse, &KindCounters::positive},
    {RequestKind::Coa, Code::CoaAck, &KindCounters::positive},
    {RequestKind::Coa, Code::CoaNak, &KindCounters::negative},
    {RequestKind::Disconnect, Code::DisconnectAck, &KindCounters::positive},
    {RequestKind::Disconnect, Code::DisconnectNak, &KindCounters::negative},
};

/// The metrics of listeners or of clients: their names begin with `prefix`, their samples with the label `label`.
class Collector {
 public:
  Collector(std::string_view prefix, std::string_view label, const std::vector<Counted>& all, Exposition& metrics)
      : prefix_(prefix), label_(label), all_(all), metrics_(metrics) {}

  void requests() {
    for (const NamedCounter& named : counters_of_all_kinds) {
      begin(std::string(named.name) + "_total", Type::Counter, named.help);
      for (const Counted& counted : all_)
        for (RequestKind kind : counted.kinds)
          add({{label_, counted.name}, {"kind", kind_word(kind)}}, counted.sum(kind, named.counter));
    }
  }

  void responses_by_code() {
    begin("responses_total", Type::Counter, "Requests answered for the first time.");
    for (const Counted& counted : all_)
      for (const Response& response : responses)
        if (std::find(counted.kinds.begin(), counted.kinds.end(), response.kind) != counted.kinds.end())
          add({{label_, counted.name}, {"code", code_name(response.code)}},
              counted.sum(response.kind, response.counter));
  }

  void discards(bool with_zeros) {
    begin("discards_total", Type::Counter, "Packets dropped.");
    for (const Counted& counted : all_)
      for (size_t i = 0; i < discard_count; ++i) {
        uint64_t count = counted.discards(static_cast<Discard>(i));
        if (with_zeros || count != 0) add({{label_, counted.name}, {"reason", discard_words[i]}}, count);
      }
  }

  void invalid_requests() {
    begin("invalid_requests_total", Type::Counter, "Requests from unknown sources.");
    for (const Counted& counted : all_) {
      add({{label_, counted.name}, {"family", "ipv4"}}, counted.sum(&Counters::invalid_requests_ipv4));
      add({{label_, counted.name}, {"family", "ipv6"}}, counted.sum(&Counters::invalid_requests_ipv6));
    }
  }

  void pending() {
    single("pending", Type::Gauge, "Requests neither answered nor dropped yet.", [](const Counted& counted) {
      uint64_t total = 0;
      for (RequestKind kind : counted.kinds) total += counted.pending(kind);
      return total;
    });
  }

  /// A family with one sample each; `value` gives it.
  template <class Value>
  void single(std::string_view name, Type type, std::string_view help, Value value) {
    begin(name, type, help);
    for (const Counted& counted : all_) add({{label_, counted.name}}, value(counted));
  }
  void single(std::string_view name, Type type, std::string_view help, Counter Counters::*counter) {
    single(name, type, help, [counter](const Counted& counted) { return counted.sum(counter); });
  }
  void single(std::string_view name, Type type, std::string_view help, Counter StatusCounters::*counter) {
    single(name, type, help, [counter](const Counted& counted) { return counted.status(counter); });
  }

 private:
  void begin(std::string_view name, Type type, std::string_view help) {
    metrics_.begin(std::string(prefix_).append(name), type, help);
  }
  void add(const Exposition::Labels& labels, uint64_t value) { metrics_.add(labels, static_cast<double>(value)); }

  std::string_view prefix_;
  std::string_view label_;
  const std::vector<Counted>& all_;
  Exposition& metrics_;
};

void collect_handling_times(const std::vector<Counted>& listeners, std::span<const WorkerCounters* const> workers,
                            Exposition& metrics) {
  metrics.begin("radhost_request_duration_seconds", Type::Histogram,
                "Time from a request's arrival to its first answer, without a reject's delay.");
  for (const Counted& listener : listeners) {
    DurationTotals totals;
    for (const WorkerCounters* worker : workers) worker->handling[listener.index].add_to(totals);
    metrics.add({{"listener", listener.name}}, totals);
  }
}

void collect_connections(const std::vector<CountedConnections>& listeners, Exposition& metrics) {
  auto add = [&](const CountedConnections& of, uint64_t value) {
    metrics.add({{"listener", of.name}}, static_cast<double>(value));
  };
  metrics.begin("radhost_connections", Type::Gauge, "Connections that are open.");
  for (const CountedConnections& listener : listeners) add(listener, listener.open);
  metrics.begin("radhost_connections_opened_total", Type::Counter, "Connections that came, refused ones too.");
  for (const CountedConnections& listener : listeners) add(listener, listener.opened);
  metrics.begin("radhost_connections_ended_total", Type::Counter, "Connections that ended, by the reason.");
  for (const CountedConnections& listener : listeners)
    for (size_t end = 0; end < stream_end_count; ++end)
      metrics.add({{"listener", listener.name}, {"reason", stream_end_words[end]}},
                  static_cast<double>(listener.ended[end]));
}

/// Identifiers are spread evenly, so workers are: one that stays behind is a sign.
void collect_workers(size_t listener_count, std::span<const WorkerCounters* const> workers, Exposition& metrics) {
  metrics.begin("radhost_worker_requests_total", Type::Counter, "Datagrams received, by the worker that took them.");
  for (size_t number = 0; number < workers.size(); ++number) {
    uint64_t requests = 0;
    for (size_t i = 0; i < listener_count; ++i) requests += workers[number]->listeners[i].requests.value();
    metrics.add({{"worker", std::to_string(number)}}, static_cast<double>(requests));
  }
}

void collect_plugins(const TotalsByPlugin& plugins, Exposition& metrics) {
  metrics.begin("radhost_plugin_call_duration_seconds", Type::Histogram,
                "Time from a handler's call to its verdict, waiting included.");
  for (const auto& [name, totals] : plugins) metrics.add({{"plugin", name}}, totals.handling);
  metrics.begin("radhost_plugin_failures_total", Type::Counter,
                "Calls of handlers that failed, gave no verdict in time, or found no pool thread.");
  for (const auto& [name, totals] : plugins) {
    auto add = [&, plugin = std::string_view(name)](std::string_view reason, uint64_t count) {
      metrics.add({{"plugin", plugin}, {"reason", reason}}, static_cast<double>(count));
    };
    add("error", totals.errors);
    add("timeout", totals.timeouts);
    add("no_thread", totals.no_thread);
  }
  metrics.begin("radhost_plugin_slow_calls_total", Type::Counter, "Calls of handlers that held a worker for too long.");
  for (const auto& [name, totals] : plugins) metrics.add({{"plugin", name}}, static_cast<double>(totals.slow_calls));
}

void collect_store(const Store::Totals& store, Exposition& metrics) {
  auto single = [&](std::string_view name, Type type, std::string_view help, uint64_t value) {
    metrics.begin(name, type, help);
    metrics.add({}, static_cast<double>(value));
  };
  single("radhost_store_entries", Type::Gauge, "Values that modules keep.", store.entries);
  single("radhost_store_bytes", Type::Gauge, "Octets of those and their keys.", store.octets);
  single("radhost_store_hits_total", Type::Counter, "Values asked for and found.", store.hits);
  single("radhost_store_misses_total", Type::Counter, "Values asked for in vain.", store.misses);
  single("radhost_store_full_total", Type::Counter, "Values refused for want of room.", store.full);
  single("radhost_store_expired_total", Type::Counter, "Values whose time was over.", store.expired);
}

}  // namespace

void collect_metrics(const Assembly& assembly, const Retirement::Counted& plugins,
                     std::span<const WorkerCounters* const> workers, Exposition& metrics) {
  auto listeners = count_listeners(assembly, workers);
  Collector listener("radhost_", "listener", listeners, metrics);
  listener.requests();
  listener.responses_by_code();
  listener.discards(true);
  listener.pending();
  listener.single("in_flight", Type::Gauge, "Requests in the hands of handlers.", &Counters::in_flight);
  listener.invalid_requests();
  listener.single("attributes_left_out_total", Type::Counter, "Attributes of replies that may not carry them.",
                  &Counters::attributes_left_out);
  listener.single("kernel_drops_total", Type::Counter, "Datagrams that the system had no room for.",
                  &Counters::kernel_drops);
  listener.single("status_requests_total", Type::Counter, "Status-Server packets.", &StatusCounters::requests);
  listener.single("status_replies_total", Type::Counter, "Status-Server packets answered.", &StatusCounters::replies);
  listener.single("status_dropped_total", Type::Counter, "Status-Server packets dropped.", &StatusCounters::dropped);

  collect_handling_times(listeners, workers, metrics);
  if (auto connections = count_connections(assembly, workers); !connections.empty())
    collect_connections(connections, metrics);
  collect_workers(assembly.foundation().listeners.size(), workers, metrics);
  collect_plugins(plugins.totals, metrics);
  collect_pools(assembly, workers, metrics);
  collect_declared_metrics(plugins.instances, metrics);
  collect_store(assembly.foundation().extensions.store.totals(), metrics);

  // Most clients never drop for most reasons: zeros are left out.
  auto clients = count_clients(assembly, workers);
  Collector client("radhost_client_", "client", clients, metrics);
  client.requests();
  client.responses_by_code();
  client.discards(false);
  client.pending();
  client.single("in_flight", Type::Gauge, "Requests in the hands of handlers.", &Counters::in_flight);
}

}  // namespace radhost
