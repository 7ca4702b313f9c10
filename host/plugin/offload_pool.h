// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log_limit.h"
#include "base/turn_queue.h"
#include "plugin/request.h"

namespace radhost {

/// The threads on which one instance's handlers may block. They are started as they are needed, and stay. Each begins
/// with the module's `thread_start`; where that fails, others serve what waits, and where there are none, calls fail.
class OffloadPool {
 public:
  /// At most `threads_max` threads, and `queue_max` requests that wait for one.
  OffloadPool(Instance& instance, size_t threads_max, size_t queue_max)
      : instance_(instance), threads_max_(threads_max), queue_max_(queue_max) {}
  OffloadPool(const OffloadPool&) = delete;
  OffloadPool& operator=(const OffloadPool&) = delete;
  ~OffloadPool() { static_cast<void>(stop(forever_ms)); }

  /// Starts the first thread before there is anything to do. Gives the reason why none serves; empty when one does.
  std::string start(uint32_t patience_ms);

  /// Hands over a request whose state is open: for its handler, or for its `handle_finish`. False when the queue is
  /// full; then nothing has happened. Any thread.
  bool submit(radius_request& request);

  /// Waits for calls under way, and ends the threads. What waits is given back without a call. False when a call takes
  /// longer than this: then its thread is abandoned, and the pool must never be destroyed.
  [[nodiscard]] bool stop(uint32_t patience_ms);

 private:
  void add_thread();
  void run();
  bool start_thread(radius_thread& thread, TurnQueue& turn);
  bool leave_to_others(radius_request& request);
  radius_request* take();
  void call(radius_request& request, radius_thread& thread);
  void finish(radius_request& request, radius_thread& thread);
  void fail(radius_request& request);

  static constexpr uint32_t forever_ms = UINT32_MAX;

  Instance& instance_;
  size_t threads_max_;
  size_t queue_max_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable ending_;   // for threads that cannot serve
  std::condition_variable started_;  // a thread has, or has failed to
  std::condition_variable ended_;    // a thread has
  radius_request* first_ = nullptr;  // by next_offload
  radius_request* last_ = nullptr;
  size_t waiting_ = 0;
  size_t idle_ = 0;
  size_t running_ = 0;  // threads
  size_t serving_ = 0;  // those whose thread_start succeeded
  std::string reason_;  // why the last one failed to start
  LogLimit failures_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace radhost
