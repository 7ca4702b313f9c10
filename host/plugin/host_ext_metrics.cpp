// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

radius_status_t declare(radius_instance_t* instance, MetricDescription description, radius_text_t labels,
                        radius_metric_t* metric) {
  if (instance == nullptr || metric == nullptr) return RADIUS_ERR_INVALID;
  auto& owner = *static_cast<Instance*>(instance);
  if (!owner.is_creating()) return RADIUS_ERR_STATE;
  return owner.metrics().declare(std::move(description), to_view(labels), *metric);
}

template <MetricKind kind>
radius_status_t declare_single(radius_instance_t* instance, radius_text_t name, radius_text_t help,
                               radius_text_t labels, radius_metric_t* metric) {
  return declare(instance, {kind, std::string(to_view(name)), std::string(to_view(help)), {}, {}}, labels, metric);
}

radius_status_t histogram(radius_instance_t* instance, radius_text_t name, radius_text_t help, radius_text_t labels,
                          const double* bounds, uint32_t bound_count, radius_metric_t* metric) {
  if (bounds == nullptr && bound_count > 0) return RADIUS_ERR_INVALID;
  std::span<const double> all(bounds, bound_count);
  return declare(instance,
                 {MetricKind::Histogram,
                  std::string(to_view(name)),
                  std::string(to_view(help)),
                  {},
                  std::vector<double>(all.begin(), all.end())},
                 labels, metric);
}

Metric* find(radius_instance_t* instance, radius_metric_t metric) {
  return instance == nullptr ? nullptr : static_cast<Instance*>(instance)->metrics().find(metric);
}

void add(radius_instance_t* instance, radius_metric_t metric, uint64_t amount) {
  if (Metric* found = find(instance, metric)) found->add(amount);
}

void set(radius_instance_t* instance, radius_metric_t metric, double value) {
  if (Metric* found = find(instance, metric)) found->set(value);
}

void observe(radius_instance_t* instance, radius_metric_t metric, double value) {
  if (Metric* found = find(instance, metric)) found->observe(value);
}

}  // namespace

const radius_metrics_v1_t& metrics_table() {
  static constexpr radius_metrics_v1_t table{sizeof table,
                                             0,
                                             guarded<declare_single<MetricKind::Counter>>,
                                             guarded<declare_single<MetricKind::Gauge>>,
                                             guarded<histogram>,
                                             guarded<add>,
                                             guarded<set>,
                                             guarded<observe>};
  return table;
}

}  // namespace radhost
