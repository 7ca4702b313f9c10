// SPDX-License-Identifier: Apache-2.0
#include "base/latency_histogram.h"

#include <algorithm>

namespace radhost {

void LatencyHistogram::add(uint64_t duration_ns) {
  auto bound = std::lower_bound(latency_bounds_ns.begin(), latency_bounds_ns.end(), duration_ns);
  counts_[static_cast<size_t>(bound - latency_bounds_ns.begin())].add();
  sum_ns_.add(duration_ns);
}

void LatencyHistogram::add_to(LatencyTotals& totals) const {
  for (size_t i = 0; i < counts_.size(); ++i) totals.counts[i] += counts_[i].value();
  totals.sum_ns += sum_ns_.value();
}

}  // namespace radhost
