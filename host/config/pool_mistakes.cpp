// SPDX-License-Identifier: Apache-2.0
#include "config/pool_mistakes.h"

#include <algorithm>
#include <set>

#include "config/secret_places.h"

namespace radhost {
namespace {

struct Bound {
  std::string_view key;
  uint32_t PoolConfig::*value;
  uint32_t least;
  uint32_t most;
};
constexpr uint32_t any = UINT32_MAX;
constexpr Bound bounds[] = {
    {"initial_timeout_ms", &PoolConfig::initial_timeout_ms, 1, any},
    {"max_duration_ms", &PoolConfig::max_duration_ms, 1, any},
    {"attempts_per_server", &PoolConfig::attempts_per_server, 1, any},
    {"max_outstanding", &PoolConfig::max_outstanding, 1, PoolConfig::max_outstanding_max},
    {"dead_after", &PoolConfig::dead_after, 1, any},
    // RFC 3539 §3.4.1: a watchdog is no faster than this; but tests and local networks may be.
    {"probe_interval_ms", &PoolConfig::probe_interval_ms, 10, any},
    {"revive_after", &PoolConfig::revive_after, 1, any},
    {"max_connections", &PoolConfig::max_connections, 1, PoolConfig::max_connections_max},
    {"connect_timeout_ms", &PoolConfig::connect_timeout_ms, 1, any},
};

constexpr uint32_t watchdog_min_here_ms = 10;

bool is_on_this_machine(const PoolConfig& pool) {
  return std::all_of(pool.servers.begin(), pool.servers.end(), [](const PoolServerConfig& server) {
    const IpAddress& address = server.address.address;
    return address.family == IpAddress::Family::V4 ? address.octets[0] == 127 : address == *IpAddress::parse("::1");
  });
}

void report_server_mistakes(const PoolConfig& pool, const ConfigValue& elements, std::vector<ConfigError>& errors) {
  std::set<SocketAddress> addresses;
  for (size_t i = 0; i < pool.servers.size(); ++i) {
    const PoolServerConfig& server = pool.servers[i];
    const ConfigValue& table = (*elements.array())[i];
    const ConfigValue* address = table.find("address");
    auto fail = [&](std::string_view key, std::string message) {
      errors.push_back({where(table, key), std::move(message)});
    };
    if (address == nullptr) {
      if (table.table() != nullptr) fail("address", "this server has no address");
    } else if (server.address.port == 0) {
      bool was_read = std::holds_alternative<std::string>(address->value) &&
                      SocketAddress::parse(std::get<std::string>(address->value)).has_value();
      if (was_read) fail("address", "a server's port cannot be 0");
    } else if (server.address.address.is_wildcard()) {
      fail("address", "no server has the address " + server.address.address.to_text());
    } else if (!addresses.insert(server.address).second) {
      fail("address", "this pool has the server " + server.address.to_text() + " already");
    }
    if (server.transport == Transport::Dtls)
      fail("transport", "transport \"dtls\" to a server is not built yet; \"udp\", \"tcp\" and \"tls\" are");
    const ConfigValue* status_server = table.find("status_server");
    if (status_server != nullptr && !server.status_server && server.transport != Transport::Udp)
      fail("status_server", "connections have a watchdog, which is Status-Server: watchdog_ms = 0 turns it off");
  }
}

}  // namespace

void report_pool_mistakes(const ConfigValue& table, const PoolConfig& pool, std::vector<ConfigError>& errors) {
  auto fail = [&](std::string_view key, std::string message) {
    errors.push_back({where(table, key), std::move(message)});
  };
  const ConfigValue* servers = table.find("servers");
  if (table.table() != nullptr && servers == nullptr)
    errors.push_back({pool.position, "pool " + listed(pool.name) + " has no servers"});
  else if (servers != nullptr && servers->array() != nullptr && pool.servers.empty())
    fail("servers", "pool " + listed(pool.name) + " has no servers");
  if (pool.servers.size() > PoolConfig::servers_max)
    fail("servers", "a pool has at most " + std::to_string(PoolConfig::servers_max) + " servers");
  if (servers != nullptr && servers->array() != nullptr) report_server_mistakes(pool, *servers, errors);
  for (const Bound& bound : bounds) {
    uint32_t value = pool.*bound.value;
    if (value < bound.least)
      fail(bound.key, std::string(bound.key) + " must be at least " + std::to_string(bound.least));
    if (value > bound.most) fail(bound.key, std::string(bound.key) + " must be at most " + std::to_string(bound.most));
  }
  // RFC 3539 §3.4.1: no faster than this over a network; within one machine it may be, as tests want it.
  uint32_t watchdog_min_ms = is_on_this_machine(pool) ? watchdog_min_here_ms : PoolConfig::watchdog_min_ms;
  if (pool.watchdog_ms != 0 && pool.watchdog_ms < watchdog_min_ms)
    fail("watchdog_ms", "watchdog_ms must be at least " + std::to_string(watchdog_min_ms) + ", or 0 for none");
  if (pool.max_timeout_ms != 0 && pool.max_timeout_ms < pool.initial_timeout_ms)
    fail("max_timeout_ms", "max_timeout_ms must not be below initial_timeout_ms");
}

}  // namespace radhost
