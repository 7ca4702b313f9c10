// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "base/log.h"
#include "exchange/home_connection.h"
#include "exchange/home_server_counters.h"
#include "exchange/pool.h"
#include "exchange/reconnection.h"

namespace radhost {

class PoolClient;

/// One worker's way to one home server that is reached over TCP or TLS: its connections, opened when they are needed
/// and again when they broke off, and the requests that wait for one. Never over anything else (RFC 6614 §4;
/// conformance TRN-8). The worker's thread.
class HomeLink final : private TimerQueue::Timer {
 public:
  struct Parts {
    PoolClient& client;
    std::shared_ptr<const Pool> pool;
    size_t server;  ///< its number in the pool
    Log& log;
    TimerQueue& timers;
    uv_loop_t& loop;
    StreamRooms& rooms;
    HomeServerCounters& counters;
    size_t requests_max;  ///< that wait at once
  };
  /// All else of it outlives this.
  explicit HomeLink(const Parts& parts);
  HomeLink(const HomeLink&) = delete;
  HomeLink& operator=(const HomeLink&) = delete;
  ~HomeLink() override;

  /// May a request go there as well as anywhere: is there a connection that is trusted, and has room; or is one under
  /// way, or may be opened, and nothing is known against the server?
  bool is_usable(uint64_t now_ns) const;

  /// The connection that a request can go over now; nullptr when there is none, and it has to wait. `any`: one that is
  /// in doubt, too, because there is nobody else.
  HomeConnection* find(bool any) const;
  /// The request waits for a connection: PoolClient::dispatch() or reassign() follows, or stop_waiting().
  void wait(Outbound& request);
  void stop_waiting(Outbound& request);

  /// Ends all connections, and opens no more.
  void close();

  // What its connections use, and tell.

  const Parts& parts() const { return parts_; }
  const HomeServer& server() const { return parts_.pool->servers[parts_.server]; }
  const StreamTerms& terms() const { return terms_; }
  bool was_down() const { return was_down_; }
  uint64_t random();
  /// Something has changed: looks at all of it soon, when nobody is in the middle of anything.
  void look_soon();
  void note_okay();
  void note_answer();

 private:
  /// What this worker knows of the server.
  enum class Reach : uint8_t {
    Unknown,
    Up,
    Down
  };
  void expired() override;
  bool is_any_okay() const;
  void be_down();
  void bury(uint64_t now_ns);
  void fail_over();
  void serve_waiting();
  void open_more(uint64_t now_ns);
  bool may_open_more() const;
  bool may_become_usable(uint64_t now_ns) const;
  void tell_reach(Reach reach);

  Parts parts_;
  StreamTerms terms_;
  Reconnection reconnection_;
  std::vector<std::unique_ptr<HomeConnection>> connections_;
  std::deque<Outbound*> waiting_;  // in order
  Reach reach_ = Reach::Unknown;   // as the server has been told
  bool was_down_ = false;          // since a connection was trusted last, one broke off
  bool wants_connection_ = false;  // though nothing waits for it
  bool is_closed_ = false;
};

}  // namespace radhost
