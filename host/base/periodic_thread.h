// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace radhost {

/// A thread of the program's own that does the same again and again for as long as this lives.
class PeriodicThread {
 public:
  /// `round` is called at once, and again after the time that it gives; always on the thread.
  explicit PeriodicThread(std::function<std::chrono::nanoseconds()> round);
  PeriodicThread(const PeriodicThread&) = delete;
  PeriodicThread& operator=(const PeriodicThread&) = delete;
  /// Waits for a round that has begun.
  ~PeriodicThread();

 private:
  void run();

  std::function<std::chrono::nanoseconds()> round_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ending_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace radhost
