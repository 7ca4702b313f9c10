// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "control/exposition.h"
#include "exchange/counters.h"
#include "server/assembly.h"

namespace radhost {

/// Of `radhost stats`: {NAME: {"servers": [{"address", "transport", "state", "connections", "outstanding", "requests",
/// "retransmissions", "answers", "timeouts", "probes", "probe_answers", "connections_opened", "connections_failed",
/// "watchdog_expiries", "bad_answers": {REASON: n}}]}}, summed over the workers. "state" is "up" or "dead".
nlohmann::ordered_json pools_json(const Assembly& assembly, std::span<const WorkerCounters* const> workers);

/// Of `radhost status`: {NAME: {"servers": [{"address", "transport", "state", "connections", "outstanding"}]}}.
nlohmann::ordered_json pools_status_json(const Assembly& assembly, std::span<const WorkerCounters* const> workers);

/// Adds the same to the metrics: radhost_pool_…, by pool and server.
void collect_pools(const Assembly& assembly, std::span<const WorkerCounters* const> workers, Exposition& metrics);

}  // namespace radhost
