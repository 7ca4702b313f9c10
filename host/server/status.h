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
};

/// {"version", "pid", "uptime_ms", "workers", "last_reload", "listeners", "pools"}. A listener's "address" is text, or
/// an array where it has several, as in the configuration.
nlohmann::ordered_json status_json(const StatusParts& parts);

}  // namespace radhost
