// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace radhost {

/// Whether a server answers, as all workers have seen it together: each says what it meets, none waits for another.
/// Times are of the monotonic clock, in nanoseconds.
class ServerHealth {
 public:
  struct Rules {
    uint32_t dead_after = 3;    ///< transmissions in a row without any answer
    uint64_t dead_time_ns = 0;  ///< after which it is tried again; of one that is not probed
    bool is_probed = false;     ///< Status-Server tells when it is back (RFC 5997)
    uint32_t revive_after = 3;  ///< answers to those in a row
  };
  explicit ServerHealth(const Rules& rules) : rules_(rules) {}

  /// May requests go there: is it up, or dead for so long that it is worth a try?
  bool is_usable(uint64_t now_ns) const { return now_ns >= dead_until_ns_.load(std::memory_order_relaxed); }
  bool is_dead() const { return dead_until_ns_.load(std::memory_order_relaxed) != 0; }

  // What was met. True when that changes whether it is dead.
  bool answered();
  bool unanswered(uint64_t now_ns);
  bool probe_answered();
  void probe_unanswered() { probe_answers_.store(0, std::memory_order_relaxed); }

 private:
  Rules rules_;
  std::atomic<uint32_t> failures_{0};
  std::atomic<uint32_t> probe_answers_{0};
  std::atomic<uint64_t> dead_until_ns_{0};  // 0: it is up
};

}  // namespace radhost
