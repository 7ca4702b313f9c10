// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace radhost {

/// So many a second over time, and so many at once; shared by threads, without a lock. What passes takes a share of the
/// time to come, and nothing passes once that reaches too far ahead.
class RateLimit {
 public:
  constexpr RateLimit(uint64_t per_second, uint64_t at_once)
      : share_ns_(1000000000 / per_second), ahead_ns_(share_ns_ * at_once) {}

  bool passes(uint64_t now_ns) {
    uint64_t taken = taken_until_ns_.load(std::memory_order_relaxed);
    uint64_t until;
    do {
      until = std::max(taken, now_ns) + share_ns_;
      if (until > now_ns + ahead_ns_) return false;
    } while (!taken_until_ns_.compare_exchange_weak(taken, until, std::memory_order_relaxed));
    return true;
  }

 private:
  uint64_t share_ns_;
  uint64_t ahead_ns_;
  std::atomic<uint64_t> taken_until_ns_{0};
};

}  // namespace radhost
