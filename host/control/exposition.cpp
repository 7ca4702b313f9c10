// SPDX-License-Identifier: Apache-2.0
#include "control/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>

namespace radhost {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr MetricType to_prometheus(Exposition::Type type) {
  switch (type) {
    case Exposition::Type::Counter: return MetricType::Counter;
    case Exposition::Type::Gauge: return MetricType::Gauge;
    case Exposition::Type::Histogram: return MetricType::Histogram;
  }
  return MetricType::Untyped;
}

constexpr double to_seconds(uint64_t ns) { return static_cast<double>(ns) / 1e9; }

/// Prometheus wants each bucket to count what lies in those below it too.
ClientMetric::Histogram to_prometheus(const Exposition::Buckets& buckets) {
  ClientMetric::Histogram histogram;
  for (size_t i = 0; i < buckets.counts.size(); ++i) {
    histogram.sample_count += buckets.counts[i];
    bool is_last = i == buckets.bounds.size();
    double bound = is_last ? std::numeric_limits<double>::infinity() : buckets.bounds[i];
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = buckets.sum;
  return histogram;
}

ClientMetric::Histogram to_prometheus(const DurationTotals& totals) {
  std::array<double, duration_bounds_ns.size()> bounds;
  for (size_t i = 0; i < bounds.size(); ++i) bounds[i] = to_seconds(duration_bounds_ns[i]);
  return to_prometheus(Exposition::Buckets{bounds, totals.counts, to_seconds(totals.sum_ns)});
}

}  // namespace

struct Exposition::Families {
  ClientMetric& add(const Labels& labels) {
    ClientMetric& metric = all.back().metric.emplace_back();
    for (const Label& label : labels) metric.label.push_back({std::string(label.name), std::string(label.value)});
    return metric;
  }

  std::vector<prometheus::MetricFamily> all;
};

Exposition::Exposition() : families_(std::make_unique<Families>()) {}
Exposition::~Exposition() = default;

void Exposition::begin(std::string_view name, Type type, std::string_view help) {
  families_->all.push_back({std::string(name), std::string(help), to_prometheus(type), {}});
}

void Exposition::add(const Labels& labels, double value) {
  bool is_counter = families_->all.back().type == MetricType::Counter;
  ClientMetric& metric = families_->add(labels);
  (is_counter ? metric.counter.value : metric.gauge.value) = value;
}

void Exposition::add(const Labels& labels, const DurationTotals& totals) {
  families_->add(labels).histogram = to_prometheus(totals);
}

void Exposition::add(const Labels& labels, const Buckets& buckets) {
  families_->add(labels).histogram = to_prometheus(buckets);
}

std::string Exposition::text() const {
  std::vector<prometheus::MetricFamily> with_samples;
  for (const prometheus::MetricFamily& family : families_->all)
    if (!family.metric.empty()) with_samples.push_back(family);
  return prometheus::TextSerializer().Serialize(with_samples);
}

}  // namespace radhost
