// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "plugin/metric_names.h"
#include "plugin/store.h"

namespace radhost {

/// What the extensions (radius/ext/) use of the host, and their bounds. Shared by all instances, and outlives them.
struct ExtensionServices {
  explicit ExtensionServices(const Config& config)
      : store(config.store),
        store_waiting_max(config.store.max_waiting),
        metrics_max(config.metrics.max_per_plugin),
        watches_max(config.server.max_watches) {}

  Store store;
  MetricNames metric_names;
  size_t store_waiting_max;
  size_t metrics_max;
  size_t watches_max;
};

}  // namespace radhost
