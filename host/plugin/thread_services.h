// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd_watcher.h"
#include "base/timer_queue.h"
#include "base/turn_queue.h"

namespace radhost {

class OutboundRequests;
class Subrequests;

/// What a worker has for the instances that it calls; all of it outlives their threads.
struct ThreadServices {
  TimerQueue& timers;
  TurnQueue& turn;
  OutboundRequests& requests;
  FdWatcher& fds;
  Subrequests& subrequests;
};

}  // namespace radhost
