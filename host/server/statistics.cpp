// SPDX-License-Identifier: Apache-2.0
#include "server/statistics.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;
using Sources = std::vector<const Counters*>;  // one a worker

/// The sum over all workers of what `of` picks.
template <class Pick>
uint64_t sum(const Sources& sources, Pick of) {
  uint64_t total = 0;
  for (const Counters* counters : sources) total += of(*counters).value();
  return total;
}

struct Named {
  std::string_view name;
  Counter KindCounters::*counter;
};

constexpr Named common[] = {
    {"requests", &KindCounters::requests},   {"duplicates", &KindCounters::duplicates},
    {"malformed", &KindCounters::malformed}, {"bad_authenticators", &KindCounters::bad_authenticators},
    {"dropped", &KindCounters::dropped},     {"unknown_types", &KindCounters::unknown_types}};
constexpr Named of_access[] = {{"accepts", &KindCounters::positive},
                               {"rejects", &KindCounters::negative},
                               {"challenges", &KindCounters::challenges}};
constexpr Named of_accounting[] = {{"no_records", &KindCounters::no_records}, {"responses", &KindCounters::positive}};
constexpr Named of_dynamic_authorization[] = {{"authorize_only", &KindCounters::authorize_only},
                                              {"acks", &KindCounters::positive},
                                              {"naks", &KindCounters::negative},
                                              {"naks_authorize_only", &KindCounters::naks_authorize_only},
                                              {"naks_no_session", &KindCounters::naks_no_session}};

std::span<const Named> of_kind(RequestKind kind) {
  switch (kind) {
    case RequestKind::Access: return of_access;
    case RequestKind::Accounting: return of_accounting;
    default: return of_dynamic_authorization;
  }
}

Json kind_json(const Sources& sources, RequestKind kind) {
  Json json = Json::object();
  uint64_t pending = 0;
  for (const Counters* counters : sources) pending += counters->kinds[static_cast<size_t>(kind)].pending();
  auto put = [&](const Named& named) {
    json[std::string(named.name)] = sum(sources, [&](const Counters& of) -> const Counter& {
      return of.kinds[static_cast<size_t>(kind)].*named.counter;
    });
  };
  for (const Named& named : common) put(named);
  for (const Named& named : of_kind(kind)) put(named);
  json["pending"] = pending;
  return json;
}

Json status_json(const Sources& sources) {
  return {{"requests", sum(sources, [](const Counters& of) -> const Counter& { return of.status.requests; })},
          {"replies", sum(sources, [](const Counters& of) -> const Counter& { return of.status.replies; })},
          {"dropped", sum(sources, [](const Counters& of) -> const Counter& { return of.status.dropped; })}};
}

Json discards_json(const Sources& sources, bool with_zeros) {
  Json json = Json::object();
  for (size_t i = 0; i < discard_count; ++i) {
    uint64_t count = sum(sources, [i](const Counters& of) -> const Counter& { return of.discards[i]; });
    if (with_zeros || count != 0) json[std::string(discard_words[i])] = count;
  }
  return json;
}

Json counters_json(const Sources& sources, std::span<const RequestKind> kinds) {
  Json json{{"requests", sum(sources, [](const Counters& of) -> const Counter& { return of.requests; })},
            {"replies", sum(sources, [](const Counters& of) -> const Counter& { return of.replies; })},
            {"attributes_left_out",
             sum(sources, [](const Counters& of) -> const Counter& { return of.attributes_left_out; })},
            {"in_flight", sum(sources, [](const Counters& of) -> const Counter& { return of.in_flight; })}};
  for (RequestKind kind : kinds) json[std::string(kind_word(kind))] = kind_json(sources, kind);
  json["status"] = status_json(sources);
  json["discards"] = discards_json(sources, false);
  return json;
}

}  // namespace

Statistics::Statistics(const Config& config, std::span<const WorkerCounters* const> workers)
    : config_(config), workers_(workers) {}

Json Statistics::listener_json(size_t index) const {
  Sources sources;
  for (const WorkerCounters* worker : workers_) sources.push_back(&worker->listeners[index]);
  Json json = counters_json(sources, config_.listeners[index].accepts);
  json["invalid_requests_ipv4"] =
      sum(sources, [](const Counters& of) -> const Counter& { return of.invalid_requests_ipv4; });
  json["invalid_requests_ipv6"] =
      sum(sources, [](const Counters& of) -> const Counter& { return of.invalid_requests_ipv6; });
  json["kernel_drops"] = sum(sources, [](const Counters& of) -> const Counter& { return of.kernel_drops; });
  return json;
}

Json Statistics::client_json(size_t index) const {
  constexpr RequestKind all[] = {RequestKind::Access, RequestKind::Accounting, RequestKind::Coa,
                                 RequestKind::Disconnect};
  Sources sources;
  for (const WorkerCounters* worker : workers_) sources.push_back(&worker->clients[index]);
  std::vector<RequestKind> heard;
  for (RequestKind kind : all)
    if (sum(sources,
            [kind](const Counters& of) -> const Counter& { return of.kinds[static_cast<size_t>(kind)].requests; }) != 0)
      heard.push_back(kind);
  return counters_json(sources, heard);
}

bool Statistics::was_heard_of(size_t client) const {
  return std::any_of(workers_.begin(), workers_.end(),
                     [client](const WorkerCounters* worker) { return worker->clients[client].requests.value() != 0; });
}

Json Statistics::to_json() const {
  Json listeners = Json::object();
  for (size_t i = 0; i < config_.listeners.size(); ++i) listeners[config_.listeners[i].name] = listener_json(i);
  Json clients = Json::object();
  for (size_t i = 0; i < config_.clients.size(); ++i)
    if (was_heard_of(i)) clients[config_.clients[i].name] = client_json(i);
  Sources everything;
  for (const WorkerCounters* worker : workers_)
    for (const Counters& listener : worker->listeners) everything.push_back(&listener);
  return {{"listeners", listeners}, {"clients", clients}, {"discards", discards_json(everything, true)}};
}

}  // namespace radhost
