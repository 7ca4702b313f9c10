// SPDX-License-Identifier: Apache-2.0
/// One of the host's threads, and what ends with it.
#ifndef RADIUS_CPP_THREAD_HPP
#define RADIUS_CPP_THREAD_HPP

#include <radius/cpp/instance.hpp>

#include <chrono>

namespace radius {

class Thread;

namespace detail {

/// What ends with its thread at the latest: a timer, a watched descriptor.
class ThreadBound {
 public:
  explicit ThreadBound(Thread& thread);
  ThreadBound(const ThreadBound&) = delete;
  ThreadBound& operator=(const ThreadBound&) = delete;
  virtual ~ThreadBound();

  /// Stops, and ends this.
  virtual void end() = 0;

 protected:
  Thread& thread() const { return *thread_; }

 private:
  Thread* thread_;
  ThreadBound* before_ = nullptr;
  ThreadBound* after_;
};

}  // namespace detail

/// One of the host's threads that call an instance: timers and extensions are used on it, and on no other.
class Thread {
 public:
  Thread(const Instance& instance, radius_thread_t* thread) : instance_(&instance), thread_(thread) {}
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() {
    while (first_ != nullptr) first_->end();
  }

  /// Calls `body()` once, on this thread, after `delay`; never, when the thread ends before. Throws Error on a pool
  /// thread, and beyond the host's bound. A Timer (timer.hpp) can be stopped.
  template <class Body>
  void after(std::chrono::milliseconds delay, Body body);

  const Instance& instance() const { return *instance_; }
  const radius_host_v1_t& host() const { return instance_->host(); }
  radius_thread_t* get() const { return thread_; }

 private:
  friend class detail::ThreadBound;
  const Instance* instance_;
  radius_thread_t* thread_;
  detail::ThreadBound* first_ = nullptr;
};

namespace detail {

inline ThreadBound::ThreadBound(Thread& thread) : thread_(&thread), after_(thread.first_) {
  if (after_ != nullptr) after_->before_ = this;
  thread.first_ = this;
}

inline ThreadBound::~ThreadBound() {
  (before_ == nullptr ? thread_->first_ : before_->after_) = after_;
  if (after_ != nullptr) after_->before_ = before_;
}

}  // namespace detail
}  // namespace radius

#endif
