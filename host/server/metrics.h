// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "config/config.h"
#include "control/exposition.h"
#include "exchange/counters.h"

namespace radhost {

/// Adds all workers' counters, by listener and by client as in `config`. Clients that nothing was heard of are left
/// out.
void collect_metrics(const Config& config, std::span<const WorkerCounters* const> workers, Exposition& metrics);

}  // namespace radhost
