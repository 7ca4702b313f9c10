// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>

#include "base/file_state.h"
#include "config/config.h"
#include "exchange/retransmission.h"
#include "exchange/server_choice.h"
#include "exchange/server_health.h"
#include "net/tls_context.h"
#include "packet/shared_secret.h"

namespace radhost {

/// What there is of a home server by the names of its pool and of itself, whatever its pool says of it (Records).
struct HomeServerRecord {
  HomeServerRecord(std::string of, size_t number) : name(std::move(of)), index(number) {}

  const std::string name;
  const size_t index;  ///< counters are kept by it
};

/// What is made of a server's files: how it is spoken to over TLS, and as what they were read.
struct HomeServerTls {
  std::shared_ptr<const TlsContext> context;  ///< null where it is not
  std::vector<std::pair<std::string, FileState>> files;
};

/// One server of a pool. Immutable but for its health; shared by all workers.
struct HomeServer {
  HomeServer(const PoolServerConfig& config, const ServerHealth::Rules& rules, size_t number, HomeServerTls its_tls)
      : name(config.address.to_text()),
        index(number),
        address(config.address),
        transport(config.transport),
        secret(config.transport == Transport::Tls ? config.tls_secret.octets() : config.secret.octets()),
        status_server(config.status_server),
        tls(std::move(its_tls.context)),
        tls_name(config.psk ? std::string() : config.certificate_name()),
        tls_files(std::move(its_tls.files)),
        health(rules) {}

  bool is_stream() const { return transport != Transport::Udp; }
  /// Does none of those that tried reach it, or does it answer nobody?
  bool is_dead() const {
    bool is_unreachable =
        links_down.load(std::memory_order_relaxed) != 0 && links_up.load(std::memory_order_relaxed) == 0;
    return health.is_dead() || is_unreachable;
  }

  std::string name;
  size_t index;  ///< of its counters
  SocketAddress address;
  Transport transport;
  SharedSecret secret;  ///< of RADIUS/1.0
  bool status_server;
  std::shared_ptr<const TlsContext> tls;  ///< null without TLS
  std::string tls_name;                   ///< that its certificate must be for
  std::vector<std::pair<std::string, FileState>> tls_files;
  mutable ServerHealth health;
  // Workers' links to it (HomeLink), by what they know.
  mutable std::atomic<uint32_t> links_up{0};
  mutable std::atomic<uint32_t> links_down{0};
};

/// A [pool.NAME] of the configuration: the servers, in the order in which they are asked. When the configuration says
/// something else of it, another one takes its place.
struct Pool {
  /// `of`: tells it from all others that there are, counted from 1. `indices`: of its servers' counters. `tls`: one for
  /// each server.
  Pool(const PoolConfig& from, size_t of, std::span<const size_t> indices, std::vector<HomeServerTls> tls)
      : config(from), number(of) {
    for (size_t i = 0; i < from.servers.size(); ++i) {
      const PoolServerConfig& server = from.servers[i];
      ServerHealth::Rules rules{from.dead_after, uint64_t{from.dead_time_ms} * 1000000,
                                server.status_server && server.transport == Transport::Udp, from.revive_after};
      servers.emplace_back(server, rules, indices[i], std::move(tls[i]));
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
  const size_t number;
  std::deque<HomeServer> servers;
};

}  // namespace radhost
