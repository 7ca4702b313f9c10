// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "cli/latency_histogram.h"
#include "packet/code.h"

namespace radhost {

/// Why what came back is no right answer.
enum class WrongAnswer : uint8_t {
  Malformed,      ///< no packet
  NotAsked,       ///< nothing with this Identifier or Token was asked, or it was answered, and it does not verify
  Authenticator,  ///< the Response Authenticator is wrong
  MessageAuthenticator,  ///< there is one, and it is wrong
  Duplicate,             ///< the request has its answer, and was sent once
  Code,                  ///< no answer to this kind of request
  Unexpected,            ///< another answer than --expect says
};
inline constexpr size_t wrong_answer_count = 7;

/// As reports name it.
std::string_view to_word(WrongAnswer reason);

/// What became of a load's requests, or of one step's. Times are of the monotonic clock.
struct LoadTally {
  uint64_t sent = 0;  ///< requests; retransmissions not counted
  uint64_t answered = 0;
  uint64_t lost = 0;
  uint64_t unsent = 0;  ///< due, but never an Identifier was free, or a connection open
  uint64_t late = 0;    ///< answers to what was lost, or answered after a retransmission
  std::array<uint64_t, wrong_answer_count> wrong{};
  std::array<uint64_t, 256> codes{};  ///< of answers that verify and were waited for
  LatencyHistogram latency;           ///< of what was answered
  uint64_t begin_ns = 0;              ///< the first request; 0: none yet
  uint64_t end_ns = 0;                ///< the last request or answer

  void count(WrongAnswer reason) { ++wrong[static_cast<size_t>(reason)]; }
  uint64_t all_wrong() const;
  double duration_s() const { return static_cast<double>(end_ns - begin_ns) / 1e9; }
  /// Answers per second.
  double rate() const;
  void extend(uint64_t now_ns);
  void merge(const LoadTally& other);
};

}  // namespace radhost
