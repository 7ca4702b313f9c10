// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "plugin/instance.h"

namespace radhost {

/// What workers counted of the handlers of a plugin: of all its instances that there ever were.
struct PluginTotals {
  DurationTotals handling;
  uint64_t errors = 0;
  uint64_t timeouts = 0;
  uint64_t no_thread = 0;
  uint64_t slow_calls = 0;

  void add(const Instance& instance) {
    for (size_t worker = 0; worker < instance.workers(); ++worker) {
      const HandlerCounters& counters = instance.counters(worker);
      counters.handling.add_to(handling);
      errors += counters.errors.value();
      timeouts += counters.timeouts.value();
      no_thread += counters.no_thread.value();
      slow_calls += counters.slow_calls.value();
    }
  }
};
using TotalsByPlugin = std::map<std::string, PluginTotals, std::less<>>;

}  // namespace radhost
