// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "exchange/pool_client.h"

namespace radhost {

/// One worker's clients of all pools that it sends to, or that are served.
class PoolClients final : public OutboundRequests {
 public:
  /// More pools at once have no names for their exchanges.
  static constexpr size_t numbers_max = 2047;

  /// What clients have in common. All of it outlives this.
  struct Parts {
    Log& log;
    TimerQueue& timers;
    uv_loop_t& loop;
    StreamRooms& rooms;
    HomeServerCounters* counters;
    size_t worker;
    size_t workers;
  };
  explicit PoolClients(const Parts& parts) : parts_(parts) {}

  /// Where there is none yet, makes a client of it.
  void add(const std::shared_ptr<const Pool>& pool);
  /// Ends the clients of all pools for which it says so: nobody sends there any more.
  void remove_if(const std::function<bool(const std::shared_ptr<const Pool>&)>& is_over);

  /// Ends the connections of all, and opens no more.
  void close_connections();

  radius_status_t send(const Pool& pool, Code code, const AttributeList& attributes, const OutboundCall& call,
                       radius_exchange_t& exchange) override;
  radius_status_t forward(const Pool& pool, radius_request& request, const ForwardEdits& edits, const OutboundCall& call,
                          radius_exchange_t& exchange) override;
  bool cancel(const radius_thread& owner, radius_exchange_t exchange) override;
  void cancel_all(const radius_thread& owner) override;

 private:
  PoolClient& client_of(const Pool& pool) { return *clients_[pool.number]; }

  Parts parts_;
  std::vector<std::unique_ptr<PoolClient>> clients_;  // by pool's number; null where there is none
};

}  // namespace radhost
