// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/metrics.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "plugin/metric.h"
#include "plugin/metric_names.h"

namespace radhost {

/// One instance's metrics (radius/ext/metrics.h): declared while it is created, changed from any thread, gone with it.
class InstanceMetrics {
 public:
  /// At most `metrics_max`. `names` outlives it.
  InstanceMetrics(std::string plugin, MetricNames& names, size_t metrics_max);
  InstanceMetrics(const InstanceMetrics&) = delete;
  InstanceMetrics& operator=(const InstanceMetrics&) = delete;
  ~InstanceMetrics();

  /// `labels`: as the module gives them. Explains an error.
  radius_status_t declare(MetricDescription description, std::string_view labels, radius_metric_t& metric);

  /// nullptr for a number that is none. Any thread, while others are declared too.
  Metric* find(radius_metric_t metric) const;

  /// In the order of their numbers.
  size_t count() const { return count_.load(std::memory_order_acquire); }
  const Metric& at(size_t index) const { return *metrics_[index]; }

 private:
  std::string why_not(const MetricDescription& description) const;

  std::string plugin_;
  MetricNames& names_;
  size_t metrics_max_;
  std::unique_ptr<std::unique_ptr<Metric>[]> metrics_;  // with room for all that may be, once there is one
  std::atomic<size_t> count_{0};
};

}  // namespace radhost
