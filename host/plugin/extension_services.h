// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"
#include "plugin/metric_names.h"
#include "plugin/store.h"

namespace radhost {

/// What the extensions (radius/ext/) use of the host. Shared by all instances, and outlives them.
struct ExtensionServices {
  explicit ExtensionServices(const Config& config) : store(config.store) {}

  Store store;
  MetricNames metric_names;
};

}  // namespace radhost
