// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace radhost {

/// Numbers below 256 stand for themselves. Of each larger one the first eight bits count, which lie between 128 and
/// 255, and how many bits follow them.
size_t LatencyHistogram::bucket_of(uint64_t value) {
  value = std::min(value, (uint64_t{1} << value_bits) - 1);
  unsigned bits = static_cast<unsigned>(std::bit_width(value));
  unsigned dropped = bits > exact_bits ? bits - exact_bits : 0;
  return dropped * half + static_cast<size_t>(value >> dropped);
}

uint64_t LatencyHistogram::largest_in(size_t bucket) {
  if (bucket < 2 * half) return bucket;
  size_t dropped = bucket / half - 1;
  uint64_t first_bits = bucket - dropped * half;
  return ((first_bits + 1) << dropped) - 1;
}

void LatencyHistogram::add(uint64_t latency_ns) {
  ++buckets_[bucket_of(latency_ns)];
  ++count_;
  max_ns_ = std::max(max_ns_, latency_ns);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (size_t i = 0; i < bucket_count; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

uint64_t LatencyHistogram::percentile_ns(double share) const {
  auto rank = static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < bucket_count; ++i) {
    seen += buckets_[i];
    if (seen > 0 && seen >= rank) return std::min(largest_in(i), max_ns_);
  }
  return max_ns_;
}

}  // namespace radhost
