// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <thread>

struct radius_request;

namespace radhost {

/// Requests that come back to their worker: from any thread, in no order, without a lock and without memory of its own.
/// A request is in it at most once, which RequestState sees to.
class ReadyQueue {
 public:
  /// `wake` makes the worker's loop turn; called from any thread.
  explicit ReadyQueue(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// The thread that takes: when it pushes itself, it needs no waking.
  void belongs_to_this_thread() { owner_ = std::this_thread::get_id(); }

  void push(radius_request& request);

  /// All that came, as a list by `next_ready`; nullptr for none. The owner's thread.
  radius_request* take() { return first_.exchange(nullptr, std::memory_order_acquire); }

 private:
  std::atomic<radius_request*> first_{nullptr};
  std::function<void()> wake_;
  std::thread::id owner_;
};

}  // namespace radhost
