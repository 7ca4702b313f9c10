// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness.h"
#include "net/fd_poll.h"
#include "plugin/subrequests.h"

namespace radhost {

/// What a module needs around it on a worker's thread, which is this one.
struct WorkerHarness : Harness {
  WorkerHarness() {
    uv_loop_init(&loop);
    subrequests.belongs_to_this_thread();
  }
  ~WorkerHarness() {
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
  }

  /// There are no other servers.
  struct NoServers final : OutboundRequests {
    radius_status_t send(const Pool&, Code, const AttributeList&, const OutboundCall&, radius_exchange_t&) override {
      return RADIUS_ERR_STATE;
    }
    radius_status_t forward(const Pool&, radius_request&, const ForwardEdits&, const OutboundCall&,
                            radius_exchange_t&) override {
      return RADIUS_ERR_STATE;
    }
    bool cancel(const radius_thread&, radius_exchange_t) override { return false; }
    void cancel_all(const radius_thread&) override {}
  };

  ThreadServices thread_services() { return {timers, turn, servers, fds, subrequests}; }

  TimerQueue timers;
  TurnQueue turn;
  NoServers servers;
  uv_loop_t loop{};
  FdPoll fds{loop};
  Subrequests subrequests{{tokens, ready, timers, log, 0, 16, 4}};
};

}  // namespace radhost
