// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "control/exposition.h"
#include "plugin/instance.h"

namespace radhost {

/// Adds the metrics that modules declared, each with the label `plugin`. Where several instances of one plugin live,
/// their counts are added.
void collect_declared_metrics(std::span<const std::shared_ptr<Instance>> instances, Exposition& metrics);

}  // namespace radhost
