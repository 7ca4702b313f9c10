// SPDX-License-Identifier: Apache-2.0
#include "server/status.h"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/clock.h"
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

/// Modules are not replaced yet, so each serves as it was first loaded.
Json plugin_json(const Instance& instance, bool is_draining) {
  const Library& library = instance.library();
  return {{"name", instance.name()},    {"id", library.note().id}, {"version", library.note().version},
          {"sha256", library.sha256()}, {"generation", 1},         {"state", is_draining ? "draining" : "serving"},
          {"swapped", false},           {"in_flight", 0},          {"blocked_by", Json::array()}};
}

/// Each once, in the order of the chains.
Json plugins_json(const Listener& listener, const ListenerConfig& config, bool is_draining) {
  std::vector<const Instance*> seen;
  Json json = Json::array();
  for (RequestKind kind : config.accepts)
    for (const auto& instance : listener.chains[static_cast<size_t>(kind)]->handlers()) {
      if (std::find(seen.begin(), seen.end(), instance.get()) != seen.end()) continue;
      seen.push_back(instance.get());
      json.push_back(plugin_json(*instance, is_draining));
    }
  return json;
}

}  // namespace

Json status_json(const StatusParts& parts) {
  const Config& config = parts.assembly.config();
  Json listeners = Json::array();
  auto counted = count_listeners(config, parts.workers);
  for (size_t i = 0; i < config.listeners.size(); ++i) {
    const Listener& listener = *parts.assembly.listeners()[i];
    listeners.push_back({{"name", listener.name},
                         {"transport", transport_word(config.listeners[i].transport)},
                         {"address", address_json(parts.addresses[i])},
                         {"in_flight", counted[i].sum(&Counters::in_flight)},
                         {"chains", chains_json(listener, config.listeners[i])},
                         {"plugins", plugins_json(listener, config.listeners[i], parts.is_draining)}});
  }
  // The start counts as the first load of the configuration.
  return {{"version", program_version},
          {"pid", getpid()},
          {"uptime_ms", parts.uptime_ms},
          {"workers", parts.workers.size()},
          {"last_reload", {{"at", to_rfc3339(parts.started_us)}, {"result", "ok"}}},
          {"listeners", listeners},
          {"pools", pools_status_json(parts.assembly, parts.workers)}};
}

}  // namespace radhost
