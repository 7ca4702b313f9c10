// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "config/config.h"

namespace radhost {

/// Where rounds are. Lies in memory that another process looks at.
struct RoundsProgress {
  enum class Step : uint32_t {
    Load,
    Create,
    Start,
    ThreadStart,
    HandleAccess,
    HandleAccounting,
    HandleCoa,
    HandleDisconnect,
    ThreadStop,
    Stop,
    Destroy,
    Unload,
    Between
  };
  std::atomic<uint32_t> round{0};  ///< from 1 on
  std::atomic<Step> step{Step::Between};
  std::atomic<uint64_t> changes{0};

  void enter(Step now) {
    step = now;
    ++changes;
  }
  /// "create", "handle_access", …
  std::string step_word() const;
};

/// What is done in rounds: a configuration around one module (module_config), loaded, served and unloaded again.
struct Rounds {
  Config config;
  std::string state_directory;
  std::string log;  ///< a file
  size_t count;
  uint32_t step_timeout_ms;
};

struct RoundsResult {
  size_t done = 0;
  std::vector<std::string> problems;  ///< why not all were done
  bool is_refused = false;            ///< by the module's `create`
  bool has_abandoned = false;         ///< the process can only exit at once
  bool stays_mapped = false;          ///< the library, after the last round
  std::vector<std::string> leaks;
};

/// Does them, in this process.
RoundsResult do_rounds(const Rounds& rounds, RoundsProgress& progress);

}  // namespace radhost
