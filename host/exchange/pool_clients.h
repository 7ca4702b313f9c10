// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/pool_client.h"

namespace radhost {

/// One worker's clients of all pools.
class PoolClients final : public OutboundRequests {
 public:
  /// `parts` of one client, whose `pool` and `random` are filled in for each.
  struct Parts {
    const std::deque<Pool>& pools;
    Log& log;
    TimerQueue& timers;
    uv_loop_t& loop;
    HomeServerCounters* counters;
    size_t worker;
    size_t workers;
  };
  explicit PoolClients(const Parts& parts);

  radius_status_t send(size_t pool, Code code, const AttributeList& attributes, const OutboundCall& call,
                       radius_exchange_t& exchange) override;
  radius_status_t forward(size_t pool, radius_request& request, const ForwardEdits& edits, const OutboundCall& call,
                          radius_exchange_t& exchange) override;
  bool cancel(const radius_thread& owner, radius_exchange_t exchange) override;
  void cancel_all(const radius_thread& owner) override;

 private:
  std::deque<PoolClient> clients_;  // by pool
};

}  // namespace radhost
