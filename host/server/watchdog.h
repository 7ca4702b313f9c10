// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "server/assembly.h"

namespace radhost {

/// Names handlers that hold a worker longer than [server] handler_warn_ms, while they do; what they held in the end,
/// the worker says. Looks from a thread of its own at what workers show of their calls.
class Watchdog {
 public:
  /// Both outlive it.
  Watchdog(const Assembly& assembly, Log& log);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  void run();
  void look(const Instance& instance, size_t worker, uint64_t& named_ns);

  const Assembly& assembly_;
  Log& log_;
  uint64_t warn_ns_;
  std::vector<std::vector<uint64_t>> named_;  // by instance and worker: the call that was named, by when it began
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace radhost
