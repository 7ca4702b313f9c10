// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "config/config.h"
#include "exchange/counters.h"

namespace radhost {

/// What `radhost stats` shows of all workers' counters: {"listeners": {NAME: …}, "clients": {NAME: …},
/// "discards": {REASON: n}}. Clients that nothing was heard of are left out.
nlohmann::ordered_json statistics_json(const Config& config, std::span<const WorkerCounters* const> workers);

}  // namespace radhost
