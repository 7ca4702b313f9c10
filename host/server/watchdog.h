// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "server/assembly.h"

namespace radhost {

/// Names handlers that hold a worker longer than [server] handler_warn_ms, while they do; what they held in the end,
/// the worker says. Looks from a thread of its own at what workers show of their calls.
class Watchdog {
 public:
  using Served = std::function<std::shared_ptr<const Assembly>()>;

  /// `served` gives what is served now; asked on the watchdog's thread.
  Watchdog(Served served, Log& log);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  /// The calls that were named, by when they began: of an instance and a worker.
  using Named = std::map<std::pair<const Instance*, size_t>, uint64_t>;
  void run();
  void look();
  void look(const Instance& instance, size_t worker, Named& named) const;

  Served served_;
  Log& log_;
  uint64_t warn_ns_ = 0;  // of what is served; 0: nobody is named
  Named named_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace radhost
