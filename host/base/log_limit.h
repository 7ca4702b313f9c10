// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "base/clock.h"

namespace radhost {

/// At most one line a second of a sort that may come often, and how many were left out. Any thread.
class LogLimit {
 public:
  bool passes() {
    uint64_t now_s = monotonic_ns() / 1'000'000'000 + 1;
    uint64_t last_s = last_s_.load(std::memory_order_relaxed);
    if (last_s != now_s && last_s_.compare_exchange_strong(last_s, now_s, std::memory_order_relaxed)) return true;
    unlogged_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }

  /// How many did not pass since this was last asked.
  uint64_t take_unlogged() { return unlogged_.exchange(0, std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> last_s_{0};
  std::atomic<uint64_t> unlogged_{0};
};

}  // namespace radhost
