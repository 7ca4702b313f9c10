// SPDX-License-Identifier: Apache-2.0
#include "server/foundation.h"

#include <algorithm>

#include "server/ports.h"

namespace radhost {
namespace {

/// Octets of handlers' notes that may be kept between rounds.
constexpr size_t conversation_octets = size_t{64} << 20;
/// Names that configurations can bring in time: some times as many as the first one has, and not less than these.
constexpr size_t names_of_first = 4;
constexpr size_t listeners_least = 256;
constexpr size_t clients_least = 65536;
constexpr size_t home_servers_least = 4096;

Conversations::Limits conversation_limits(const ServerConfig& config) {
  Conversations::Limits limits;
  limits.conversations = config.max_conversations;
  limits.per_client = config.max_conversations_per_client;
  limits.octets = conversation_octets;
  limits.timeout_ns = uint64_t{config.conversation_timeout_ms} * 1000000;
  return limits;
}

size_t count_home_servers(const Config& config) {
  size_t count = 0;
  for (const PoolConfig& pool : config.pools) count += pool.servers.size();
  return count;
}

}  // namespace

Foundation::Foundation(const Config& config, std::string state, Log& used_log, LifecycleThread& thread)
    : state_directory(std::move(state)),
      log(used_log),
      lifecycle(thread),
      workers(worker_count(config.server)),
      extensions(config),
      conversations(conversation_limits(config.server)),
      listeners(std::max(listeners_least, config.listeners.size() * names_of_first)),
      clients(std::max(clients_least, config.clients.size() * names_of_first)),
      home_servers(std::max(home_servers_least, count_home_servers(config) * names_of_first)) {}

void Foundation::limit(const Config& config) {
  conversations.limit(conversation_limits(config.server));
  extensions.store.limit(config.store);
}

}  // namespace radhost
