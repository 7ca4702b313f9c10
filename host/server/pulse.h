// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>

#include "base/periodic_thread.h"
#include "base/service_manager.h"
#include "server/workers.h"

namespace radhost {

/// Tells the service manager's watchdog that all is well, for as long as all workers turn: where one does not come back from
/// a handler, nobody answers a part of the clients. From a thread of its own, so that a reload does not delay it.
class Pulse {
 public:
  /// `manager`: has a watchdog. `workers` serve, and outlive this.
  Pulse(Workers& workers, const ServiceManager& manager);

 private:
  void beat();

  Workers& workers_;
  const ServiceManager manager_;
  std::shared_ptr<const std::atomic<size_t>> asleep_;  // the workers that have not turned since the last beat
  PeriodicThread thread_;                              // the last member: it uses the others
};

}  // namespace radhost
