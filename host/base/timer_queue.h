// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace radhost {

/// Timers of one thread, in the order in which they are due: adding and removing cost a few steps however many there
/// are, and allocate nothing once there have been as many before. The timers themselves belong to who adds them.
class TimerQueue {
 public:
  class Timer {
   public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    bool is_running() const { return place_ != nowhere; }

   protected:
    /// Called once when it is due, on the queue's thread; it is not running then and may be added anew.
    virtual void expired() = 0;
    virtual ~Timer() = default;  ///< of one that is not running

   private:
    friend class TimerQueue;
    static constexpr size_t nowhere = ~size_t{0};
    uint64_t due_ns_ = 0;
    size_t place_ = nowhere;
  };

  /// Starts a timer, or starts it anew. `due_ns` is a moment of monotonic_ns.
  void start(Timer& timer, uint64_t due_ns);
  /// Does nothing for one that is not running.
  void stop(Timer& timer);

  /// When the next one is due; nothing when none runs.
  std::optional<uint64_t> next_due() const;
  /// Calls all that are due, at most so many, but none that is started meanwhile and due at once: those are for the
  /// next call.
  void run(uint64_t now_ns, size_t at_most = ~size_t{0});

  size_t size() const { return heap_.size(); }

 private:
  void put(size_t place, Timer* timer);
  void sift_up(size_t place);
  void sift_down(size_t place);

  std::vector<Timer*> heap_;  // binary: the timer at n is due no later than those at 2n+1 and 2n+2
};

}  // namespace radhost
