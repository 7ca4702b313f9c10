// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace radhost {

/// When a request that nobody answers is transmitted again, and when it is given up (RFC 5080 §2.2.1). Times are of the
/// monotonic clock, in nanoseconds.
class Retransmission {
 public:
  struct Limits {
    uint64_t initial_ns = 0;   ///< IRT
    uint64_t max_ns = 0;       ///< MRT; 0: none
    uint64_t duration_ns = 0;  ///< MRD
    uint32_t attempts = 0;     ///< MRC; 0: none
  };

  Retransmission() = default;
  Retransmission(const Limits& limits, uint64_t now_ns) : limits_(limits), ends_ns_(now_ns + limits.duration_ns) {}

  /// It is transmitted now. Gives the moment until which it waits for an answer. `random`: any number.
  uint64_t transmit(uint64_t now_ns, uint64_t random);

  /// The same without a transmission: on a reliable connection there is one alone (RFC 6613 §2.6.1), or there is no
  /// connection yet.
  uint64_t wait(uint64_t now_ns, uint64_t random);

  /// Another server is asked from now on: its first transmission waits as long as any first one.
  void begin_anew() { timeout_ns_ = 0; }

  /// That moment has come: is it given up?
  bool is_over(uint64_t now_ns) const {
    return now_ns >= ends_ns_ || (limits_.attempts != 0 && transmissions_ >= limits_.attempts);
  }

 private:
  Limits limits_;
  uint64_t ends_ns_ = 0;
  uint64_t timeout_ns_ = 0;  // RT of the last transmission; 0 before the first
  uint32_t transmissions_ = 0;
};

}  // namespace radhost
