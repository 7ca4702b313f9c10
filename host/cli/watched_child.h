// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "cli/module_rounds.h"

namespace radhost {

/// How a child process ended.
struct ChildEnd {
  std::string said;    ///< what it was asked to say; empty where it did not come to that
  std::string sudden;  ///< "was killed by SIGSEGV in create (round 3)", or the like; empty when it ended as it should
};

/// Runs `job` in a child process, which may crash or hang, and gives what it returns. The child is killed when it makes
/// no progress for `patience_ms`, and with this process. Only while this process has one thread.
ChildEnd run_watched(const std::function<std::string(RoundsProgress&)>& job, uint32_t patience_ms);

}  // namespace radhost
