// SPDX-License-Identifier: Apache-2.0
#include "plugin/offload_pool.h"

#include "plugin/explanation.h"
#include "plugin/instance.h"
#include "plugin/ready_queue.h"

namespace radhost {

bool OffloadPool::submit(radius_request& request) {
  std::lock_guard lock(mutex_);
  if (stopping_ || waiting_ == queue_max_) return false;
  request.next_offload = nullptr;
  (last_ == nullptr ? first_ : last_->next_offload) = &request;
  last_ = &request;
  ++waiting_;
  if (waiting_ > idle_ && threads_.size() < threads_max_) {
    threads_.emplace_back([this] { run(); });
    ++running_;
  }
  changed_.notify_one();
  return true;
}

bool OffloadPool::stop(uint32_t patience_ms) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  bool all_ended = ended_.wait_for(lock, std::chrono::milliseconds(patience_ms), [this] { return running_ == 0; });
  lock.unlock();
  for (std::thread& thread : threads_) {
    if (all_ended) thread.join();
    else thread.detach();
  }
  threads_.clear();
  return all_ended;
}

void OffloadPool::run() {
  TurnQueue turn;
  radius_thread thread;
  std::string reason = instance_.pool_thread_start(thread, turn);
  // Who asked for something is answered before the thread waits.
  auto take_next = [&] {
    while (turn.run()) {
    }
    return take();
  };
  while (radius_request* request = take_next()) {
    if (reason.empty()) {
      call(*request, thread);
      continue;
    }
    request->failure = reason;
    if (request->state.end_call(RADIUS_ERR_INTERNAL) == RequestState::Turn::Worker) request->ready->push(*request);
  }
  instance_.thread_stop(thread);
  std::lock_guard lock(mutex_);
  --running_;
  ended_.notify_all();
}

/// The request that has waited longest; waits for one. nullptr when the pool stops and none waits.
radius_request* OffloadPool::take() {
  std::unique_lock lock(mutex_);
  ++idle_;
  changed_.wait(lock, [this] { return stopping_ || first_ != nullptr; });
  --idle_;
  if (first_ == nullptr) return nullptr;
  radius_request* request = first_;
  first_ = request->next_offload;
  if (first_ == nullptr) last_ = nullptr;
  --waiting_;
  return request;
}

void OffloadPool::call(radius_request& request, radius_thread& thread) {
  radius_verdict_t verdict = RADIUS_ERR_TIMEOUT;
  // Who waited in vain was answered meanwhile: nobody would hear of the call.
  if (!request.state.has_ended()) {
    request.info.flags |= RADIUS_REQUEST_OFFLOADED;
    verdict = instance_.handle(request, thread);
    request.info.flags &= ~uint32_t{RADIUS_REQUEST_OFFLOADED};
    if (verdict == RADIUS_OFFLOAD) {
      set_explanation("it asked for a pool thread on a pool thread");
      verdict = RADIUS_ERR_STATE;
    }
    if (verdict == RADIUS_PENDING && !request.state.is_token_taken()) {
      set_explanation("it returned RADIUS_PENDING without a token");
      verdict = RADIUS_ERR_STATE;
    }
    if (verdict < 0) request.failure = take_explanation(verdict);
  }
  if (request.state.end_call(verdict) == RequestState::Turn::Worker) request.ready->push(request);
}

}  // namespace radhost
