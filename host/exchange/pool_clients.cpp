// SPDX-License-Identifier: Apache-2.0
#include "exchange/pool_clients.h"

#include "base/reader.h"

namespace radhost {
namespace {

// An exchange's name:
//
//     | pool, from 1 | slot, from 1 | serial |
//     |      11      |      21      |   32   |  bits
constexpr unsigned pool_shift = 53;
constexpr uint64_t slot_mask = (uint64_t{1} << (pool_shift - 32)) - 1;
static_assert(PoolConfig::max_outstanding_max < slot_mask);
static_assert(PoolClients::numbers_max < uint64_t{1} << (64 - pool_shift));

uint64_t random_number() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  return get_uint_be(octets);
}

}  // namespace

void PoolClients::add(const std::shared_ptr<const Pool>& pool) {
  if (pool->number >= clients_.size()) clients_.resize(pool->number + 1);
  std::unique_ptr<PoolClient>& client = clients_[pool->number];
  if (client != nullptr) return;
  client = std::make_unique<PoolClient>(PoolClient::Parts{pool, parts_.log, parts_.timers, parts_.loop, parts_.rooms,
                                                          parts_.counters, parts_.workers, parts_.worker == 0,
                                                          random_number()});
  client->be_named(uint64_t{pool->number} << pool_shift);
}

void PoolClients::remove_if(const std::function<bool(const std::shared_ptr<const Pool>&)>& is_over) {
  for (std::unique_ptr<PoolClient>& client : clients_)
    if (client != nullptr && is_over(client->pool())) client.reset();
}

void PoolClients::close_connections() {
  for (const std::unique_ptr<PoolClient>& client : clients_)
    if (client != nullptr) client->close_connections();
}

radius_status_t PoolClients::send(const Pool& pool, Code code, const AttributeList& attributes,
                                  const OutboundCall& call, radius_exchange_t& exchange) {
  Outbound* begun = nullptr;
  radius_status_t status = client_of(pool).send(code, attributes, call, begun);
  if (status == RADIUS_OK) exchange = client_of(pool).name_of(*begun);
  return status;
}

radius_status_t PoolClients::forward(const Pool& pool, radius_request& request, const ForwardEdits& edits,
                                     const OutboundCall& call, radius_exchange_t& exchange) {
  Outbound* begun = nullptr;
  radius_status_t status = client_of(pool).forward(request, edits, call, begun);
  if (status == RADIUS_OK) exchange = client_of(pool).name_of(*begun);
  return status;
}

bool PoolClients::cancel(const radius_thread& owner, radius_exchange_t exchange) {
  uint64_t pool = exchange >> pool_shift;
  if (pool >= clients_.size() || clients_[pool] == nullptr) return false;
  return clients_[pool]->cancel(owner, static_cast<uint32_t>(exchange >> 32 & slot_mask),
                                static_cast<uint32_t>(exchange));
}

void PoolClients::cancel_all(const radius_thread& owner) {
  for (const std::unique_ptr<PoolClient>& client : clients_)
    if (client != nullptr) client->cancel_all(owner);
}

}  // namespace radhost
