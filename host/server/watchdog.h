// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>

#include "base/periodic_thread.h"
#include "server/assembly.h"

namespace radhost {

/// Names handlers that hold a worker longer than [server] handler_warn_ms, while they do; what they held in the end,
/// the worker says. Looks from a thread of its own at what workers show of their calls.
class Watchdog {
 public:
  using Served = std::function<std::shared_ptr<const Assembly>()>;

  /// `served` gives what is served now; asked on the watchdog's thread.
  Watchdog(Served served, Log& log);

 private:
  /// The calls that were named, by when they began: of an instance and a worker.
  using Named = std::map<std::pair<const Instance*, size_t>, uint64_t>;
  std::chrono::nanoseconds look();
  void look(const Instance& instance, size_t worker, Named& named) const;

  Served served_;
  Log& log_;
  uint64_t warn_ns_ = 0;  // of what is served; 0: nobody is named
  Named named_;
  PeriodicThread thread_;  // the last member: it uses the others
};

}  // namespace radhost
