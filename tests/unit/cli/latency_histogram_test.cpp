// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "catch.h"

using namespace radhost;

namespace {

/// The percentile as a sorted list gives it.
uint64_t sorted_percentile(std::vector<uint64_t> values, double share) {
  std::sort(values.begin(), values.end());
  auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<size_t>(rank, 1) - 1];
}

}  // namespace

TEST_CASE("an empty histogram has no percentiles") {
  LatencyHistogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.max_ns() == 0);
  CHECK(histogram.percentile_ns(0.5) == 0);
  CHECK(histogram.percentile_ns(1) == 0);
}

TEST_CASE("one latency is every percentile, exactly") {
  for (uint64_t value :
       {uint64_t{0}, uint64_t{1}, uint64_t{255}, uint64_t{256}, uint64_t{1234567}, uint64_t{1} << 41}) {
    LatencyHistogram histogram;
    histogram.add(value);
    for (double share : {0.0, 0.5, 0.999, 1.0}) CHECK(histogram.percentile_ns(share) == value);
  }
}

TEST_CASE("a percentile is never below the true one, and above it by less than 1 %") {
  std::mt19937_64 random(7);
  for (unsigned spread : {9U, 17U, 25U, 33U, 41U}) {
    LatencyHistogram histogram;
    std::vector<uint64_t> values;
    for (int i = 0; i < 5000; ++i) {
      // As many small ones as large ones.
      uint64_t value = random() & ((uint64_t{1} << (1 + random() % spread)) - 1);
      values.push_back(value);
      histogram.add(value);
    }
    for (double share : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      auto right = static_cast<double>(sorted_percentile(values, share));
      auto given = static_cast<double>(histogram.percentile_ns(share));
      CHECK(given >= right);
      CHECK(given <= right * 1.01);
    }
  }
}

TEST_CASE("neighbouring latencies at the edges of buckets keep their order") {
  uint64_t before = 0;
  for (unsigned bits = 1; bits < 42; ++bits) {
    for (uint64_t value : {(uint64_t{1} << bits) - 1, uint64_t{1} << bits, (uint64_t{1} << bits) + 1}) {
      LatencyHistogram histogram;
      histogram.add(value);
      histogram.add(uint64_t{1} << 42);
      uint64_t given = histogram.percentile_ns(0.5);
      CHECK(given >= value);
      CHECK(given <= value + value / 100);
      CHECK(given >= before);
      before = given;
    }
  }
}

TEST_CASE("what takes longer than the histogram reaches still counts, and is the maximum") {
  LatencyHistogram histogram;
  histogram.add(5);
  histogram.add(UINT64_MAX);
  CHECK(histogram.count() == 2);
  CHECK(histogram.percentile_ns(0.5) == 5);
  CHECK(histogram.max_ns() == UINT64_MAX);
  CHECK(histogram.percentile_ns(1) >= (uint64_t{1} << 42) - 1);
}

TEST_CASE("merged histograms are one that saw both") {
  LatencyHistogram low, high, both;
  for (uint64_t i = 1; i <= 100; ++i) {
    low.add(i);
    high.add(i * 1000);
    both.add(i);
    both.add(i * 1000);
  }
  low.merge(high);
  CHECK(low.count() == 200);
  CHECK(low.max_ns() == 100000);
  for (double share : {0.25, 0.5, 0.75, 0.99}) CHECK(low.percentile_ns(share) == both.percentile_ns(share));
}
