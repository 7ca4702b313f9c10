// SPDX-License-Identifier: Apache-2.0
#include "server/status.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/own_program.h"
#include "base/version.h"
#include "server/pool_statistics.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

Json address_json(const std::vector<SocketAddress>& addresses) {
  Json json = Json::array();
  for (const SocketAddress& address : addresses) json.push_back(address.to_text());
  return json.size() == 1 ? json.front() : json;
}

Json chains_json(const Listener& listener, const ListenerConfig& config) {
  Json json = Json::object();
  for (RequestKind kind : config.accepts) {
    Json& names = json[std::string(kind_word(kind))] = Json::array();
    for (const auto& instance : listener.chains[static_cast<size_t>(kind)]->handlers())
      names.push_back(instance->name());
  }
  return json;
}

std::string_view word(Retirement::State state) {
  switch (state) {
    case Retirement::State::Draining: return "draining";
    case Retirement::State::Zombie: return "zombie";
    case Retirement::State::Resident: break;
  }
  return "resident";
}

Json plugin_json(const Instance& instance, bool is_draining, bool is_swapped) {
  const Library& library = instance.library();
  return {{"name", instance.name()},
          {"id", library.note().id},
          {"version", library.note().version},
          {"sha256", library.sha256()},
          {"generation", instance.generation()},
          {"state", is_draining ? "draining" : "serving"},
          {"swapped", is_swapped},
          {"in_flight", instance.in_flight()},
          {"blocked_by", Json::array()}};
}

Json plugin_json(const Retirement::Status& retired) {
  return {{"name", retired.name},
          {"id", retired.note.id},
          {"version", retired.note.version},
          {"sha256", retired.sha256},
          {"generation", retired.generation},
          {"state", word(retired.state)},
          {"swapped", false},
          {"in_flight", retired.requests},
          {"blocked_by", retired.blocked_by}};
}

/// Each once, in the order of the chains; then those that others took the place of, and that are not gone yet.
Json plugins_json(const StatusParts& parts, size_t number) {
  const Listener& listener = *parts.assembly.listeners()[number];
  std::vector<const Instance*> seen;
  Json json = Json::array();
  for (RequestKind kind : parts.assembly.config().listeners[number].accepts)
    for (const auto& instance : listener.chains[static_cast<size_t>(kind)]->handlers()) {
      if (std::find(seen.begin(), seen.end(), instance.get()) != seen.end()) continue;
      seen.push_back(instance.get());
      json.push_back(plugin_json(*instance, parts.is_draining, parts.assembly.is_swapped(number, *instance)));
    }
  for (const Retirement::Status& retired : parts.retired)
    if (std::find(retired.listeners.begin(), retired.listeners.end(), listener.name) != retired.listeners.end())
      json.push_back(plugin_json(retired));
  return json;
}

}  // namespace

Json status_json(const StatusParts& parts) {
  const Config& config = parts.assembly.config();
  Json listeners = Json::array();
  auto counted = count_listeners(parts.assembly, parts.workers);
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    const Listener& listener = *parts.assembly.listeners()[i];
    listeners.push_back({{"name", listener.name},
                         {"transport", transport_word(config.listeners[i].transport)},
                         {"address", address_json(parts.assembly.addresses_of(i))},
                         {"in_flight", counted[i].sum(&Counters::in_flight)},
                         {"chains", chains_json(listener, config.listeners[i])},
                         {"plugins", plugins_json(parts, i)}});
  }
  Json status{{"version", program_version},
              {"pid", getpid()},
              {"uptime_ms", parts.uptime_ms},
              {"workers", parts.workers.size()},
              {"last_reload", {{"at", to_rfc3339(parts.last_reload.at_us)}, {"result", parts.last_reload.result}}}};
  if (parts.predecessor != 0) status["predecessor"] = parts.predecessor;
  if (parts.successor != 0) status["successor"] = parts.successor;
  if (is_program_replaced()) status["program_replaced"] = true;
  status["listeners"] = listeners;
  status["pools"] = pools_status_json(parts.assembly, parts.workers);
  return status;
}

}  // namespace radhost
