// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/timer.h>

#include <deque>
#include <vector>

#include "base/timer_queue.h"

namespace radhost {

/// One instance's timers on one worker (radius/timer.h).
class ThreadTimers {
 public:
  static constexpr size_t timers_max = 65536;

  explicit ThreadTimers(TimerQueue& queue) : queue_(queue) {}
  ThreadTimers(const ThreadTimers&) = delete;
  ThreadTimers& operator=(const ThreadTimers&) = delete;
  ~ThreadTimers();

  /// Gives its number to `timer`, where anything begins.
  radius_status_t start(uint64_t delay_ms, radius_timer_callback_t expired, void* data, radius_timer_t& timer);
  /// False when it has expired, or never was.
  bool stop(radius_timer_t timer);
  /// Calls all that run, with RADIUS_ERR_GONE, while the module still has what they need; nothing new may begin.
  void end();

 private:
  struct Slot : TimerQueue::Timer {
    void expired() override { finish(RADIUS_OK); }
    void finish(radius_status_t status);
    radius_timer_t id() const { return uint64_t{number} << 32 | serial; }

    ThreadTimers* owner = nullptr;
    uint32_t number = 0;  ///< counted from 1
    uint32_t serial = 0;
    radius_timer_callback_t call = nullptr;
    void* data = nullptr;
  };

  TimerQueue& queue_;
  std::deque<Slot> slots_;
  std::vector<uint32_t> free_;
  bool has_ended_ = false;
};

}  // namespace radhost
