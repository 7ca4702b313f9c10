// SPDX-License-Identifier: Apache-2.0
#include "plugin/metric_names.h"

#include <algorithm>

namespace radhost {

std::string MetricNames::claim(const std::string& plugin, const MetricDescription& metric) {
  std::lock_guard lock(mutex_);
  std::vector<Claim>& claims = claims_[metric.name];
  for (const Claim& other : claims) {
    if (other.plugin == plugin) continue;
    if (other.kind != metric.kind) return "it is a metric of another kind in plugin \"" + other.plugin + "\"";
    if (other.bounds != metric.bounds) return "it has other bounds in plugin \"" + other.plugin + "\"";
  }
  claims.push_back({plugin, metric.kind, metric.bounds});
  return {};
}

void MetricNames::release(const std::string& plugin, const MetricDescription& metric) {
  std::lock_guard lock(mutex_);
  auto found = claims_.find(metric.name);
  if (found == claims_.end()) return;
  std::vector<Claim>& claims = found->second;
  auto claim = std::find_if(claims.begin(), claims.end(), [&](const Claim& each) {
    return each.plugin == plugin && each.kind == metric.kind && each.bounds == metric.bounds;
  });
  if (claim != claims.end()) claims.erase(claim);
  if (claims.empty()) claims_.erase(found);
}

}  // namespace radhost
