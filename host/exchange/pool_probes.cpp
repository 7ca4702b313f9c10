// SPDX-License-Identifier: Apache-2.0
// How a pool's client asks dead servers whether they are back.
#include "base/clock.h"
#include "exchange/pool_client.h"

namespace radhost {

PoolClient::Probe::Probe(PoolClient& client, size_t server) : client_(client), server_(server) { start(); }

PoolClient::Probe::~Probe() { client_.parts_.timers.stop(*this); }

void PoolClient::Probe::start() {
  uint64_t every_ns = uint64_t{client_.parts_.pool->config.probe_interval_ms} * 1000000;
  // A tenth earlier or later, so that proxies do not ask together (RFC 3539 §3.4.1).
  uint64_t tenth = every_ns / 10;
  client_.parts_.timers.start(*this, monotonic_ns() + every_ns - tenth + client_.random() % (2 * tenth + 1));
}

void PoolClient::Probe::expired() {
  client_.probe(server_);
  start();
}

void PoolClient::begin_probing() {
  for (size_t i = 0; i < parts_.pool->servers.size(); ++i)
    // Connections have a watchdog each instead.
    if (parts_.pool->servers[i].status_server && !parts_.pool->servers[i].is_stream())
      probes_.push_back(std::make_unique<Probe>(*this, i));
}

/// RFC 5997 §4.1: each query has an Identifier of its own, and is never sent again.
void PoolClient::probe(size_t server) {
  const HomeServer& home = parts_.pool->servers[server];
  if (!home.health.is_dead()) return;
  Outbound* request = take_slot();
  if (request == nullptr) return;
  request->call = {};
  if (!take_port(*request, server)) return give_back(*request);
  encode_status_server(false, request->packet);
  request->packet.sign(static_cast<uint8_t>(request->identifier), home.secret);
  request->hidden_with = &home.secret;
  counters_of(server).probes.add();
  request->port->socket->send(request->packet.written());
  // It may take as long as a request's first transmission.
  parts_.timers.start(*request, monotonic_ns() + parts_.pool->limits().initial_ns);
}

void PoolClient::tell_dead(const HomeServer& server) {
  parts_.log.warn("a home server does not answer: it is dead", {{"pool", parts_.pool->name()}, {"server", server.name}});
}

void PoolClient::tell_alive(const HomeServer& server) {
  parts_.log.info("a home server answers again", {{"pool", parts_.pool->name()}, {"server", server.name}});
}

}  // namespace radhost
