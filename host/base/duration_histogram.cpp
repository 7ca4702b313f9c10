// SPDX-License-Identifier: Apache-2.0
#include "base/duration_histogram.h"

#include <algorithm>
#include <numeric>

namespace radhost {

uint64_t DurationTotals::count() const { return std::accumulate(counts.begin(), counts.end(), uint64_t{0}); }

void DurationHistogram::add(uint64_t duration_ns) {
  auto bound = std::lower_bound(duration_bounds_ns.begin(), duration_bounds_ns.end(), duration_ns);
  counts_[static_cast<size_t>(bound - duration_bounds_ns.begin())].add();
  sum_ns_.add(duration_ns);
}

void DurationHistogram::add_to(DurationTotals& totals) const {
  for (size_t i = 0; i < counts_.size(); ++i) totals.counts[i] += counts_[i].value();
  totals.sum_ns += sum_ns_.value();
}

}  // namespace radhost
