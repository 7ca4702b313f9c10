// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/workers.h"

namespace radhost {

/// Tells the service manager's watchdog that all is well, for as long as all workers turn: where one does not come back from
/// a handler, nobody answers a part of the clients. From a thread of its own, so that a reload does not delay it.
class Pulse {
 public:
  /// `time`: how long the watchdog waits before it ends the process. `workers` serve, and outlive this.
  Pulse(Workers& workers, std::chrono::microseconds time);
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;
  ~Pulse();

 private:
  void run();

  Workers& workers_;
  std::chrono::microseconds between_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace radhost
