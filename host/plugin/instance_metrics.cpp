// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance_metrics.h"

#include <array>
#include <cmath>

#include "base/utf8.h"
#include "plugin/explanation.h"
#include "plugin/metric_labels.h"

namespace radhost {
namespace {

constexpr size_t bounds_max = 64;
constexpr std::string_view total = "_total";
/// The host's own metrics have these names behind the same prefix.
constexpr std::array<std::string_view, 2> names_of_host{"call_duration_seconds", "failures"};
/// Prometheus gives them to what belongs to a histogram.
constexpr std::array<std::string_view, 3> histogram_endings{"_bucket", "_count", "_sum"};

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

std::string wrong_name(const MetricDescription& description) {
  std::string_view name = description.name;
  bool is_name = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
  if (!is_name) return "a name has small letters and _";
  for (std::string_view ending : histogram_endings)
    if (ends_with(name, ending)) return "no name ends in " + std::string(ending);
  if (ends_with(name, total)) return "only a counter's name ends in _total, once";
  for (std::string_view taken : names_of_host)
    if (name == taken) return "it is a metric of the host's";
  return {};
}

std::string wrong_bounds(const MetricDescription& description) {
  if (description.kind != MetricKind::Histogram) return {};
  const std::vector<double>& bounds = description.bounds;
  if (bounds.empty() || bounds.size() > bounds_max)
    return "a histogram has 1 to " + std::to_string(bounds_max) + " bounds";
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (!std::isfinite(bounds[i])) return "a bound is a finite number";
    if (i > 0 && bounds[i] <= bounds[i - 1]) return "each bound is greater than the one before";
  }
  return {};
}

radius_status_t refuse(radius_status_t status, const MetricDescription& description, const std::string& why) {
  set_explanation("metric \"" + description.name + "\": " + why);
  return status;
}

}  // namespace

InstanceMetrics::InstanceMetrics(std::string plugin, MetricNames& names, size_t metrics_max)
    : plugin_(std::move(plugin)), names_(names), metrics_max_(metrics_max) {}

InstanceMetrics::~InstanceMetrics() {
  for (size_t i = 0; i < count(); ++i) names_.release(plugin_, at(i).description());
}

/// What speaks against this metric beside those that are there already; empty when nothing does.
std::string InstanceMetrics::why_not(const MetricDescription& description) const {
  for (size_t i = 0; i < count(); ++i) {
    const MetricDescription& other = at(i).description();
    if (other.name != description.name) continue;
    if (other.kind != description.kind) return "it was declared as another kind";
    if (other.help != description.help) return "it was declared with another help";
    if (other.bounds != description.bounds) return "it was declared with other bounds";
    if (other.labels == description.labels) return "it was declared with the same labels";
  }
  return {};
}

radius_status_t InstanceMetrics::declare(MetricDescription description, std::string_view labels,
                                         radius_metric_t& metric) {
  bool is_counter = description.kind == MetricKind::Counter;
  if (is_counter && ends_with(description.name, total)) description.name.resize(description.name.size() - total.size());
  if (std::string why = wrong_name(description); !why.empty()) return refuse(RADIUS_ERR_INVALID, description, why);
  if (description.help.empty() || !is_plain_text(description.help))
    return refuse(RADIUS_ERR_INVALID, description, "its help is a line of text");
  if (std::string why = wrong_bounds(description); !why.empty()) return refuse(RADIUS_ERR_RANGE, description, why);
  if (std::string why = parse_labels(labels, description.labels); !why.empty())
    return refuse(RADIUS_ERR_INVALID, description, why);
  if (std::string why = why_not(description); !why.empty()) return refuse(RADIUS_ERR_INVALID, description, why);
  size_t index = count();
  if (index >= metrics_max_) return refuse(RADIUS_ERR_LIMIT, description, "the instance has too many");
  if (std::string why = names_.claim(plugin_, description); !why.empty())
    return refuse(RADIUS_ERR_INVALID, description, why);

  if (metrics_ == nullptr) metrics_ = std::make_unique<std::unique_ptr<Metric>[]>(metrics_max_);
  metrics_[index] = std::make_unique<Metric>(std::move(description));
  count_.store(index + 1, std::memory_order_release);
  metric = static_cast<radius_metric_t>(index + 1);
  return RADIUS_OK;
}

Metric* InstanceMetrics::find(radius_metric_t metric) const {
  return metric == 0 || metric > count() ? nullptr : metrics_[metric - 1].get();
}

}  // namespace radhost
