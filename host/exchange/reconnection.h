// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace radhost {

/// When a server may be connected to again (RFC 6614 §2.3, conformance TRN-10): never at once, then after twice as long
/// each time that it fails, a tenth more or less, so that clients do not come back together. Work that is there to be
/// sent changes nothing of that. Times are of the monotonic clock, in nanoseconds; `random`: any number.
class Reconnection {
 public:
  static constexpr uint64_t least_ns = 500'000'000;
  static constexpr uint64_t most_ns = 60'000'000'000;

  bool may_connect(uint64_t now_ns) const { return now_ns >= not_before_ns_; }
  uint64_t not_before_ns() const { return not_before_ns_; }

  /// A connection came to nothing, or has ended, however it did.
  void ended(uint64_t now_ns, uint64_t random) {
    uint64_t doubled = delay_ns_ == 0 ? least_ns + least_ns / 10 : std::min(2 * delay_ns_, most_ns);
    uint64_t tenth = doubled / 10;
    delay_ns_ = std::max(least_ns, doubled - tenth + random % (2 * tenth + 1));
    not_before_ns_ = now_ns + delay_ns_;
  }

  /// The server has answered over a connection: the next end is a first one.
  void answered() { delay_ns_ = 0; }

 private:
  uint64_t delay_ns_ = 0;
  uint64_t not_before_ns_ = 0;
};

}  // namespace radhost
