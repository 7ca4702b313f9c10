// SPDX-License-Identifier: Apache-2.0
/// Timers, and the thread that they run on.
#ifndef RADIUS_CPP_TIMER_HPP
#define RADIUS_CPP_TIMER_HPP

#include <radius/timer.h>
#include <radius/cpp/instance.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace radius {

class Thread;
class Timer;

namespace detail {

/// A running timer, in its thread's list.
class TimerEntry {
 public:
  TimerEntry(const TimerEntry&) = delete;
  TimerEntry& operator=(const TimerEntry&) = delete;
  virtual ~TimerEntry() = default;

 protected:
  TimerEntry() = default;

 private:
  friend class radius::Thread;
  friend class radius::Timer;
  virtual void call() = 0;

  Thread* thread_ = nullptr;
  TimerEntry* before_ = nullptr;
  TimerEntry* after_ = nullptr;
  Timer* owner_ = nullptr;
  radius_timer_t number_ = 0;
};

template <class Body>
class TimerBody final : public TimerEntry {
 public:
  explicit TimerBody(Body body) : body_(std::move(body)) {}

 private:
  void call() override { body_(); }
  Body body_;
};

}  // namespace detail

/// One of the host's threads that call an instance: timers and extensions are used on it, and on no other.
class Thread {
 public:
  Thread(const Instance& instance, radius_thread_t* thread) : instance_(&instance), thread_(thread) {}
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  /// What has not expired never will.
  ~Thread() {
    while (first_ != nullptr) end(*first_);
  }

  /// Calls `body()` once, on this thread, after `delay`. Throws Error on a pool thread, and beyond the host's bound.
  template <class Body>
  void after(std::chrono::milliseconds delay, Body body) {
    start(delay, std::move(body));
  }

  const Instance& instance() const { return *instance_; }
  radius_thread_t* get() const { return thread_; }

 private:
  friend class Timer;
  const radius_host_v1_t& host() const { return instance_->host(); }

  template <class Body>
  detail::TimerEntry* start(std::chrono::milliseconds delay, Body body) {
    auto made = std::make_unique<detail::TimerBody<Body>>(std::move(body));
    const auto delay_ms = static_cast<uint64_t>(delay.count() < 0 ? 0 : delay.count());
    detail::TimerEntry* const entry = made.get();
    require(host().timers->start(thread_, delay_ms, &expired, entry, &entry->number_), "a timer");
    entry->thread_ = this;
    entry->after_ = first_;
    if (first_ != nullptr) first_->before_ = entry;
    first_ = made.release();
    return entry;
  }
  static void expired(void* data, radius_timer_t) {
    const std::unique_ptr<detail::TimerEntry> entry(static_cast<detail::TimerEntry*>(data));
    const Instance& instance = *entry->thread_->instance_;
    entry->thread_->take_out(*entry);
    detail::guard_callback(&instance.host(), instance.get(), [&] { entry->call(); });
  }
  void end(detail::TimerEntry& entry) {
    static_cast<void>(host().timers->stop(thread_, entry.number_));
    take_out(entry);
    delete &entry;
  }
  inline void take_out(detail::TimerEntry& entry);

  const Instance* instance_;
  radius_thread_t* thread_;
  detail::TimerEntry* first_ = nullptr;
};

/// A timer that ends with this object, or before with its thread.
class Timer {
 public:
  Timer() = default;
  template <class Body>
  Timer(Thread& thread, std::chrono::milliseconds delay, Body body) : entry_(thread.start(delay, std::move(body))) {
    entry_->owner_ = this;
  }
  Timer(Timer&& other) noexcept { *this = std::move(other); }
  Timer& operator=(Timer&& other) noexcept {
    if (this == &other) return *this;
    stop();
    entry_ = std::exchange(other.entry_, nullptr);
    if (entry_ != nullptr) entry_->owner_ = this;
    return *this;
  }
  ~Timer() { stop(); }

  /// Is it still to expire?
  explicit operator bool() const { return entry_ != nullptr; }
  void stop() {
    if (entry_ != nullptr) entry_->thread_->end(*entry_);
  }

 private:
  friend class Thread;
  detail::TimerEntry* entry_ = nullptr;
};

inline void Thread::take_out(detail::TimerEntry& entry) {
  (entry.before_ == nullptr ? first_ : entry.before_->after_) = entry.after_;
  if (entry.after_ != nullptr) entry.after_->before_ = entry.before_;
  if (entry.owner_ != nullptr) entry.owner_->entry_ = nullptr;
}

}  // namespace radius

#endif
