// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "exchange/counters.h"
#include "server/assembly.h"
#include "server/plugin_totals.h"

namespace radhost {

/// What `radhost stats` shows of all workers' counters: {"listeners": {NAME: …}, "plugins": {NAME: …},
/// "clients": {NAME: …}, "pools": {NAME: {"servers": [{"address", "state", …}]}}, "store": {…}, "discards":
/// {REASON: n}}. Clients that nothing was heard of are left out.
nlohmann::ordered_json statistics_json(const Assembly& assembly, const TotalsByPlugin& plugins,
                                       std::span<const WorkerCounters* const> workers);

}  // namespace radhost
