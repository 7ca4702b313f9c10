// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/timer.h>

#include <deque>
#include <vector>

#include "base/timer_queue.h"

namespace radhost {

/// One instance's timers on one worker (radius/timer.h). Those that run when it ends are not called any more.
class ThreadTimers {
 public:
  static constexpr size_t timers_max = 65536;
  using Expired = void (*)(void* data, radius_timer_t timer);

  explicit ThreadTimers(TimerQueue& queue) : queue_(queue) {}
  ThreadTimers(const ThreadTimers&) = delete;
  ThreadTimers& operator=(const ThreadTimers&) = delete;
  ~ThreadTimers();

  /// The timer's number; 0 when there are too many.
  radius_timer_t start(uint64_t delay_ms, Expired expired, void* data);
  /// False when it has expired, or never was.
  bool stop(radius_timer_t timer);
  size_t running() const { return slots_.size() - free_.size(); }

 private:
  struct Slot : TimerQueue::Timer {
    void expired() override;

    ThreadTimers* owner = nullptr;
    uint32_t number = 0;  ///< counted from 1
    uint32_t serial = 0;
    Expired call = nullptr;
    void* data = nullptr;
  };

  TimerQueue& queue_;
  std::deque<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace radhost
