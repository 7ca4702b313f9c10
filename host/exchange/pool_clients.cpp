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
static_assert(PoolConfig::pools_max < uint64_t{1} << (64 - pool_shift));

uint64_t random_number() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  return get_uint_be(octets);
}

}  // namespace

PoolClients::PoolClients(const Parts& parts) {
  for (const Pool& pool : parts.pools) {
    PoolClient& client =
        clients_.emplace_back(PoolClient::Parts{pool, parts.log, parts.timers, parts.loop,
                                                parts.counters, parts.workers, parts.worker == 0, random_number()});
    client.be_named(uint64_t{clients_.size()} << pool_shift);
  }
}

radius_status_t PoolClients::send(size_t pool, Code code, const AttributeList& attributes, const OutboundCall& call,
                                  radius_exchange_t& exchange) {
  Outbound* begun = nullptr;
  radius_status_t status = clients_[pool].send(code, attributes, call, begun);
  if (status == RADIUS_OK) exchange = clients_[pool].name_of(*begun);
  return status;
}

radius_status_t PoolClients::forward(size_t pool, radius_request& request, const ForwardEdits& edits,
                                     const OutboundCall& call, radius_exchange_t& exchange) {
  Outbound* begun = nullptr;
  radius_status_t status = clients_[pool].forward(request, edits, call, begun);
  if (status == RADIUS_OK) exchange = clients_[pool].name_of(*begun);
  return status;
}

bool PoolClients::cancel(const radius_thread& owner, radius_exchange_t exchange) {
  uint64_t pool = exchange >> pool_shift;
  if (pool == 0 || pool > clients_.size()) return false;
  return clients_[pool - 1].cancel(owner, static_cast<uint32_t>(exchange >> 32 & slot_mask),
                                   static_cast<uint32_t>(exchange));
}

void PoolClients::cancel_all(const radius_thread& owner) {
  for (PoolClient& client : clients_) client.cancel_all(owner);
}

}  // namespace radhost
