// SPDX-License-Identifier: Apache-2.0
/// "radius.metrics/1": what a module counts, beside the host's own at /metrics.
#ifndef RADIUS_CPP_METRICS_HPP
#define RADIUS_CPP_METRICS_HPP

#include <radius/ext/metrics.h>
#include <radius/cpp/instance.hpp>

#include <initializer_list>
#include <string_view>

namespace radius {

namespace detail {

/// What every metric is: a number of the instance's.
class Metric {
 protected:
  Metric(const radius_metrics_v1_t& table, radius_instance_t* instance, radius_metric_t metric)
      : table_(&table), instance_(instance), metric_(metric) {}
  const radius_metrics_v1_t* table_;
  radius_instance_t* instance_;
  radius_metric_t metric_;
};

}  // namespace detail

/// Metrics are declared by Metrics, in the module's constructor, and used from any thread.
class Counter : detail::Metric {
 public:
  void add(uint64_t amount = 1) const { table_->add(instance_, metric_, amount); }

 private:
  friend class Metrics;
  using Metric::Metric;
};

class Gauge : detail::Metric {
 public:
  void set(double value) const { table_->set(instance_, metric_, value); }

 private:
  friend class Metrics;
  using Metric::Metric;
};

class Histogram : detail::Metric {
 public:
  void observe(double value) const { table_->observe(instance_, metric_, value); }

 private:
  friend class Metrics;
  using Metric::Metric;
};

/// Declares metrics. `labels` is empty or `key="value",…`. The host explains what it refuses.
class Metrics {
 public:
  explicit Metrics(const Instance& instance)
      : instance_(&instance), table_(&instance.extension<radius_metrics_v1_t>(RADIUS_EXT_METRICS)) {}

  Counter counter(std::string_view name, std::string_view help, std::string_view labels = {}) const {
    radius_metric_t metric = 0;
    require(table_->counter(instance_->get(), to_text(name), to_text(help), to_text(labels), &metric), name);
    return {*table_, instance_->get(), metric};
  }
  Gauge gauge(std::string_view name, std::string_view help, std::string_view labels = {}) const {
    radius_metric_t metric = 0;
    require(table_->gauge(instance_->get(), to_text(name), to_text(help), to_text(labels), &metric), name);
    return {*table_, instance_->get(), metric};
  }
  Histogram histogram(std::string_view name, std::string_view help, std::initializer_list<double> bounds,
                      std::string_view labels = {}) const {
    radius_metric_t metric = 0;
    require(table_->histogram(instance_->get(), to_text(name), to_text(help), to_text(labels), bounds.begin(),
                              static_cast<uint32_t>(bounds.size()), &metric),
            name);
    return {*table_, instance_->get(), metric};
  }

 private:
  const Instance* instance_;
  const radius_metrics_v1_t* table_;
};

}  // namespace radius

#endif
