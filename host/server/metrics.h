// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "control/exposition.h"
#include "exchange/counters.h"
#include "server/retirement.h"

namespace radhost {

/// Adds all workers' counters, by listener, plugin and client. Clients that nothing was heard of are left out.
void collect_metrics(const Assembly& assembly, const Retirement::Counted& plugins,
                     std::span<const WorkerCounters* const> workers, Exposition& metrics);

}  // namespace radhost
