// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "server/assembly.h"
#include "server/counted.h"
#include "server/reloads.h"

namespace radhost {

/// What `radhost status` tells of one moment.
struct StatusParts {
  const Assembly& assembly;
  std::span<const WorkerCounters* const> workers;
  std::vector<Retirement::Status> retired;
  Reloads::Last last_reload;
  uint64_t uptime_ms;
  bool is_draining;
  int predecessor;  ///< the process that it took over from, and that has requests in hand; 0 for none
  int successor;    ///< the process that was started to take over, while it lives; 0 for none
};

/// {"version", "pid", "uptime_ms", "workers", "last_reload", "predecessor", "successor", "program_replaced", "listeners",
/// "pools"}; the pids of predecessor and successor are there while they are. A listener's "address" is text, or an array
/// where it has several, as in the configuration.
nlohmann::ordered_json status_json(const StatusParts& parts);

}  // namespace radhost
