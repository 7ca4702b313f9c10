// SPDX-License-Identifier: Apache-2.0
#include "plugin/metric.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace radhost {
namespace {

/// Which copy this thread counts in: threads take turns.
size_t number_of_this_thread() {
  static std::atomic<size_t> next{0};
  static thread_local const size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

}  // namespace

Metric::Metric(MetricDescription description) : description_(std::move(description)) {
  // A histogram's cells: a bucket for each bound, one for what is greater, and the sum.
  size_t cells = description_.kind == MetricKind::Histogram ? description_.bounds.size() + 2 : 1;
  size_t copies = description_.kind == MetricKind::Gauge ? 1 : copy_count;
  lines_a_copy_ = (cells + cells_a_line - 1) / cells_a_line;
  lines_ = std::vector<Line>(lines_a_copy_ * copies);
}

void Metric::add(uint64_t amount) {
  if (description_.kind != MetricKind::Counter) return;
  cell(number_of_this_thread() % copy_count, 0).fetch_add(amount, std::memory_order_relaxed);
}

void Metric::set(double value) {
  if (description_.kind != MetricKind::Gauge) return;
  cell(0, 0).store(std::bit_cast<uint64_t>(value), std::memory_order_relaxed);
}

void Metric::observe(double value) {
  // What is no number lies in no bucket, and would spoil the sum.
  if (description_.kind != MetricKind::Histogram || std::isnan(value)) return;
  const std::vector<double>& bounds = description_.bounds;
  auto bucket = static_cast<size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin());
  size_t copy = number_of_this_thread() % copy_count;
  cell(copy, bucket).fetch_add(1, std::memory_order_relaxed);
  std::atomic<uint64_t>& sum = cell(copy, bounds.size() + 1);
  uint64_t before = sum.load(std::memory_order_relaxed);
  while (!sum.compare_exchange_weak(before, std::bit_cast<uint64_t>(std::bit_cast<double>(before) + value),
                                    std::memory_order_relaxed)) {
  }
}

double Metric::value() const {
  if (description_.kind == MetricKind::Gauge) return std::bit_cast<double>(read(0, 0));
  uint64_t total = 0;
  for (size_t copy = 0; copy < copy_count; ++copy) total += read(copy, 0);
  return static_cast<double>(total);
}

Metric::Observed Metric::observed() const {
  size_t buckets = description_.bounds.size() + 1;
  Observed observed{std::vector<uint64_t>(buckets), 0};
  for (size_t copy = 0; copy < copy_count; ++copy) {
    for (size_t bucket = 0; bucket < buckets; ++bucket) observed.counts[bucket] += read(copy, bucket);
    observed.sum += std::bit_cast<double>(read(copy, buckets));
  }
  return observed;
}

}  // namespace radhost
