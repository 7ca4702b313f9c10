// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>

#include "config/config.h"
#include "exchange/retransmission.h"
#include "exchange/server_choice.h"
#include "exchange/server_health.h"
#include "packet/shared_secret.h"

namespace radhost {

/// One server of a pool. Immutable but for its health; shared by all workers.
struct HomeServer {
  HomeServer(const PoolServerConfig& config, const ServerHealth::Rules& rules, size_t number)
      : name(config.address.to_text()),
        index(number),
        address(config.address),
        secret(config.secret.octets()),
        status_server(config.status_server),
        health(rules) {}

  std::string name;
  size_t index;  ///< among the servers of all pools; counters are kept by it
  SocketAddress address;
  SharedSecret secret;
  bool status_server;
  mutable ServerHealth health;
};

/// A [pool.NAME] of the configuration: the servers, in the order in which they are asked.
struct Pool {
  /// `first_index`: of its first server among those of all pools.
  Pool(const PoolConfig& from, size_t first_index) : config(from) {
    for (const PoolServerConfig& server : from.servers) {
      ServerHealth::Rules rules{from.dead_after, uint64_t{from.dead_time_ms} * 1000000, server.status_server,
                                from.revive_after};
      servers.emplace_back(server, rules, first_index++);
    }
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  const std::string& name() const { return config.name; }
  Retransmission::Limits limits() const {
    constexpr uint64_t ns = 1000000;
    return {config.initial_timeout_ms * ns, config.max_timeout_ms * ns, config.max_duration_ms * ns,
            config.max_attempts};
  }
  ServerSet all() const { return servers.size() == 64 ? ~ServerSet{0} : (ServerSet{1} << servers.size()) - 1; }
  ServerSet usable(uint64_t now_ns) const {
    ServerSet set = 0;
    for (size_t i = 0; i < servers.size(); ++i)
      if (servers[i].health.is_usable(now_ns)) set |= ServerSet{1} << i;
    return set;
  }

  const PoolConfig config;
  std::deque<HomeServer> servers;
};

}  // namespace radhost
