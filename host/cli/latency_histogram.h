// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace radhost {

/// How often each latency occurred, in bounded memory. A bucket is at most 1/128 as wide as what it holds, so a
/// percentile is never too small, and too large by less than 1 %.
class LatencyHistogram {
 public:
  LatencyHistogram() : buckets_(bucket_count) {}

  void add(uint64_t latency_ns);
  void merge(const LatencyHistogram& other);

  uint64_t count() const { return count_; }
  uint64_t max_ns() const { return max_ns_; }

  /// What this share of all latencies (0 to 1) does not exceed; 0 when there are none.
  uint64_t percentile_ns(double share) const;

 private:
  static constexpr unsigned exact_bits = 8;   // smaller numbers have a bucket each
  static constexpr unsigned value_bits = 42;  // 73 minutes; what takes longer counts as that
  static constexpr size_t half = size_t{1} << (exact_bits - 1);
  static constexpr size_t bucket_count = (value_bits - exact_bits) * half + 2 * half;

  static size_t bucket_of(uint64_t value);
  static uint64_t largest_in(size_t bucket);

  std::vector<uint64_t> buckets_;
  uint64_t count_ = 0;
  uint64_t max_ns_ = 0;
};

}  // namespace radhost
