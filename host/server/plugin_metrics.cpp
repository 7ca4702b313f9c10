// SPDX-License-Identifier: Apache-2.0
#include "server/plugin_metrics.h"

#include <map>

namespace radhost {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  double value = 0;
  Metric::Observed observed;
};
struct Family {
  const MetricDescription* first = nullptr;  ///< says what all of it is
  std::map<Labels, Sample> samples;
};

void add_to(Sample& sample, const Metric& metric) {
  if (metric.description().kind != MetricKind::Histogram) {
    sample.value += metric.value();
    return;
  }
  Metric::Observed more = metric.observed();
  sample.observed.counts.resize(more.counts.size());
  for (size_t i = 0; i < more.counts.size(); ++i) sample.observed.counts[i] += more.counts[i];
  sample.observed.sum += more.sum;
}

void add_to(std::map<std::string, Family>& families, const std::string& plugin, const Metric& metric) {
  const MetricDescription& description = metric.description();
  Family& family = families[description.name];
  if (family.first == nullptr) family.first = &description;
  // Only an instance that takes another's place may differ; until that is gone, its own are not shown.
  if (family.first->kind != description.kind || family.first->bounds != description.bounds) return;
  Labels labels{{"plugin", plugin}};
  labels.insert(labels.end(), description.labels.begin(), description.labels.end());
  add_to(family.samples[std::move(labels)], metric);
}

Exposition::Type type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::Counter: return Exposition::Type::Counter;
    case MetricKind::Gauge: return Exposition::Type::Gauge;
    case MetricKind::Histogram: return Exposition::Type::Histogram;
  }
  return Exposition::Type::Gauge;
}

}  // namespace

void collect_declared_metrics(std::span<const std::shared_ptr<Instance>> instances, Exposition& metrics) {
  std::map<std::string, Family> families;
  for (const std::shared_ptr<Instance>& instance : instances)
    for (size_t i = 0; i < instance->metrics().count(); ++i)
      add_to(families, instance->name(), instance->metrics().at(i));
  for (const auto& [name, family] : families) {
    MetricKind kind = family.first->kind;
    metrics.begin("radhost_plugin_" + name + (kind == MetricKind::Counter ? "_total" : ""), type_of(kind),
                  family.first->help);
    for (const auto& [pairs, sample] : family.samples) {
      Exposition::Labels labels;
      for (const auto& [label, value] : pairs) labels.push_back({label, value});
      if (kind == MetricKind::Histogram)
        metrics.add(labels, Exposition::Buckets{family.first->bounds, sample.observed.counts, sample.observed.sum});
      else metrics.add(labels, sample.value);
    }
  }
}

}  // namespace radhost
