// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "base/periodic_thread.h"
#include "server/workers.h"

namespace radhost {

/// Tells the service manager's watchdog that all is well, for as long as all workers turn: where one does not come back from
/// a handler, nobody answers a part of the clients. From a thread of its own, so that a reload does not delay it.
class Pulse {
 public:
  /// `time`: how long the watchdog waits before it ends the process. `workers` serve, and outlive this.
  Pulse(Workers& workers, std::chrono::microseconds time);

 private:
  void beat();

  Workers& workers_;
  std::shared_ptr<const std::atomic<size_t>> asleep_;  // the workers that have not turned since the last beat
  PeriodicThread thread_;                              // the last member: it uses the others
};

}  // namespace radhost
