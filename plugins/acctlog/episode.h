// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include <stdint.h>

namespace acctlog {

/// Tells the first of many failures from the rest, so that a full disk is one line in the log and not one for
/// each request. It ends with a success that no failure has come before for some seconds. For any number of
/// threads.
class Episode {
 public:
  static constexpr uint64_t quiet_ns = 5'000'000'000;

  /// True where this failure is the first.
  bool failed(uint64_t now_ns) {
    last_ns_.store(now_ns, std::memory_order_relaxed);
    return !failing_.exchange(true, std::memory_order_relaxed);
  }

  /// True where this success is the end.
  bool succeeded(uint64_t now_ns) {
    if (!failing_.load(std::memory_order_relaxed)) return false;
    if (now_ns - last_ns_.load(std::memory_order_relaxed) < quiet_ns) return false;
    return failing_.exchange(false, std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> failing_ = false;
  std::atomic<uint64_t> last_ns_ = 0;
};

}  // namespace acctlog
