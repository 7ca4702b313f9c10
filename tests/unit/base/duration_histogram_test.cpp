// SPDX-License-Identifier: Apache-2.0
#include "base/duration_histogram.h"

#include "catch.h"

#include <algorithm>

using namespace radhost;

namespace {

/// The bucket that a duration is counted in.
size_t bucket_of(uint64_t duration_ns) {
  DurationHistogram histogram;
  histogram.add(duration_ns);
  DurationTotals totals;
  histogram.add_to(totals);
  REQUIRE(totals.count() == 1);
  return static_cast<size_t>(std::find(totals.counts.begin(), totals.counts.end(), 1u) - totals.counts.begin());
}

}  // namespace

TEST_CASE("the bounds rise from 1 µs to 10 s") {
  CHECK(duration_bounds_ns.front() == 1'000);
  CHECK(duration_bounds_ns.back() == 10'000'000'000);
  CHECK(std::is_sorted(duration_bounds_ns.begin(), duration_bounds_ns.end(), std::less_equal<>()));
}

TEST_CASE("a duration is counted in the first bucket whose bound it does not exceed") {
  CHECK(bucket_of(0) == 0);
  for (size_t i = 0; i < duration_bounds_ns.size(); ++i) {
    CHECK(bucket_of(duration_bounds_ns[i]) == i);
    CHECK(bucket_of(duration_bounds_ns[i] + 1) == i + 1);
  }
  CHECK(bucket_of(UINT64_MAX) == duration_bounds_ns.size());
}

TEST_CASE("several histograms add up") {
  DurationHistogram one, two;
  one.add(60'000);
  two.add(70'000);
  two.add(20'000'000'000);
  DurationTotals totals;
  one.add_to(totals);
  two.add_to(totals);
  CHECK(totals.counts[0] == 0);
  CHECK(totals.counts[bucket_of(60'000)] == 2);
  CHECK(totals.counts.back() == 1);
  CHECK(totals.count() == 3);
  CHECK(totals.sum_ns == 20'000'130'000);
}
