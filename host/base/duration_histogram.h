// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/counter.h"

namespace radhost {

/// The upper bounds of the buckets that durations are counted in, in nanoseconds, from 1 µs to 10 s; a bound belongs
/// to its bucket. What takes longer goes to one more bucket behind them.
inline constexpr std::array<uint64_t, 22> duration_bounds_ns{
    1'000,       2'500,       5'000,         10'000,        25'000,        50'000,        100'000,    250'000,
    500'000,     1'000'000,   2'500'000,     5'000'000,     10'000'000,    25'000'000,    50'000'000, 100'000'000,
    250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};
inline constexpr size_t duration_bucket_count = duration_bounds_ns.size() + 1;

/// What several histograms counted together.
struct DurationTotals {
  std::array<uint64_t, duration_bucket_count> counts{};  ///< of each bucket alone, not of those below it too
  uint64_t sum_ns = 0;

  uint64_t count() const;  ///< of all buckets
};

/// How long things took. One thread adds, any may read; good as zeros.
class DurationHistogram {
 public:
  void add(uint64_t duration_ns);

  /// Adds what was counted so far to `totals`.
  void add_to(DurationTotals& totals) const;

 private:
  std::array<Counter, duration_bucket_count> counts_;
  Counter sum_ns_;
};

}  // namespace radhost
