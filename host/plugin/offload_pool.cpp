// SPDX-License-Identifier: Apache-2.0
#include "plugin/offload_pool.h"

#include <system_error>

#include "base/own_thread.h"
#include "plugin/explanation.h"
#include "plugin/instance.h"
#include "plugin/ready_queue.h"

namespace radhost {

std::string OffloadPool::start(uint32_t patience_ms) {
  std::unique_lock lock(mutex_);
  if (threads_.empty()) add_thread();
  bool is_known = started_.wait_for(lock, std::chrono::milliseconds(patience_ms),
                                    [this] { return serving_ != 0 || !reason_.empty(); });
  if (!is_known)
    return "plugin \"" + instance_.name() + "\": thread_start has not returned within " + std::to_string(patience_ms) +
           " ms";
  return serving_ != 0 ? std::string() : reason_;
}

void OffloadPool::add_thread() {
  threads_.emplace_back([this] { run(); });
  ++running_;
}

bool OffloadPool::submit(radius_request& request) {
  std::lock_guard lock(mutex_);
  if (stopping_ || waiting_ == queue_max_) return false;
  if (waiting_ >= idle_ && threads_.size() < threads_max_) {
    try {
      add_thread();
    } catch (const std::system_error&) {
      if (threads_.empty()) return false;  // the system has no thread for it
    }
  }
  request.next_offload = nullptr;
  (last_ == nullptr ? first_ : last_->next_offload) = &request;
  last_ = &request;
  ++waiting_;
  changed_.notify_one();
  return true;
}

bool OffloadPool::stop(uint32_t patience_ms) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_all();
  ending_.notify_all();
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
  OwnThread own;
  TurnQueue turn;
  radius_thread thread;
  thread.instance = &instance_;
  bool serves = start_thread(thread, turn);
  // Who asked for something is answered before the thread waits.
  auto take_next = [&] {
    while (turn.run()) {
    }
    return take();
  };
  while (radius_request* request = take_next()) {
    // What was not to be had may be there by now.
    if (!serves && !leave_to_others(*request)) serves = start_thread(thread, turn);
    else if (!serves) continue;
    if (serves) call(*request, thread);
    else fail(*request);
  }
  instance_.thread_stop(thread);
  std::lock_guard lock(mutex_);
  --running_;
  ended_.notify_all();
}

bool OffloadPool::start_thread(radius_thread& thread, TurnQueue& turn) {
  std::string reason = instance_.pool_start(thread, turn);
  if (!reason.empty() && failures_.passes())
    instance_.log().error("a pool thread does not start",
                          {{"plugin", instance_.name()}, {"why", reason}, {"more_like_it", failures_.take_unlogged()}});
  std::lock_guard lock(mutex_);
  reason_ = reason;
  if (reason.empty()) ++serving_;
  started_.notify_all();
  return reason.empty();
}

/// Puts a request back where it was, when a thread that serves may take it; waits then until the pool stops.
bool OffloadPool::leave_to_others(radius_request& request) {
  std::unique_lock lock(mutex_);
  if (stopping_ || serving_ == 0) return false;
  request.next_offload = first_;
  first_ = &request;
  if (last_ == nullptr) last_ = &request;
  ++waiting_;
  changed_.notify_one();
  ending_.wait(lock, [this] { return stopping_; });
  return true;
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
  if (request.is_finishing) return finish(request, thread);
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

/// One that was answered meanwhile comes to something else: the worker has it told anew.
void OffloadPool::finish(radius_request& request, radius_thread& thread) {
  if (!request.state.has_ended()) {
    request.info.flags |= RADIUS_REQUEST_OFFLOADED;
    radius_status_t status = instance_.finish(request, thread, request.finish_verdict);
    request.info.flags &= ~uint32_t{RADIUS_REQUEST_OFFLOADED};
    if (status < 0) request.failure = take_explanation(status);
    else --request.to_finish;
  }
  if (request.state.end_call(RADIUS_PASS) == RequestState::Turn::Worker) request.ready->push(request);
}

void OffloadPool::fail(radius_request& request) {
  {
    std::lock_guard lock(mutex_);
    request.failure = reason_;
  }
  if (request.state.end_call(RADIUS_ERR_INTERNAL) == RequestState::Turn::Worker) request.ready->push(request);
}

}  // namespace radhost
