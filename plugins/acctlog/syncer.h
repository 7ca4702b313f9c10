// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace acctlog {

/// A thread that calls `tick` again and again, with a pause between, until it ends; then once more. It takes
/// no signals: those are the host's.
class Syncer {
 public:
  Syncer(std::chrono::milliseconds pause, std::function<void()> tick);
  Syncer(const Syncer&) = delete;
  Syncer& operator=(const Syncer&) = delete;
  ~Syncer();

 private:
  void run(std::chrono::milliseconds pause);

  std::function<void()> tick_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace acctlog
