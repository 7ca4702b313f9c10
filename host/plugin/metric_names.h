// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "plugin/metric.h"

namespace radhost {

/// The names of all modules' metrics: one name means one thing, whichever instance counts. Any thread.
class MetricNames {
 public:
  /// An instance of `plugin` is to have this metric. Empty when that may be, else why it may not. An instance that
  /// takes another's place may say something else of its own metrics.
  std::string claim(const std::string& plugin, const MetricDescription& metric);

  /// It has it no more.
  void release(const std::string& plugin, const MetricDescription& metric);

 private:
  struct Claim {
    std::string plugin;
    MetricKind kind;
    std::vector<double> bounds;
  };

  std::mutex mutex_;
  std::map<std::string, std::vector<Claim>, std::less<>> claims_;
};

}  // namespace radhost
