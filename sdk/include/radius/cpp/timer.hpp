// SPDX-License-Identifier: Apache-2.0
/// Timers.
#ifndef RADIUS_CPP_TIMER_HPP
#define RADIUS_CPP_TIMER_HPP

#include <radius/timer.h>
#include <radius/cpp/thread.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace radius {

/// A timer that ends with this object, or before with its thread.
class Timer {
 public:
  Timer() = default;
  /// Calls `body()` once, on this thread, after `delay`. Throws Error on a pool thread, and beyond the host's bound.
  template <class Body>
  Timer(Thread& thread, std::chrono::milliseconds delay, Body body) : entry_(start(thread, delay, std::move(body))) {
    entry_->owner = this;
  }
  Timer(Timer&& other) noexcept { *this = std::move(other); }
  Timer& operator=(Timer&& other) noexcept {
    if (this == &other) return *this;
    stop();
    entry_ = std::exchange(other.entry_, nullptr);
    if (entry_ != nullptr) entry_->owner = this;
    return *this;
  }
  ~Timer() { stop(); }

  /// Is it still to expire?
  explicit operator bool() const { return entry_ != nullptr; }
  void stop() {
    if (entry_ != nullptr) entry_->end();
  }

 private:
  friend class Thread;

  struct Entry : detail::ThreadBound {
    using ThreadBound::ThreadBound;
    ~Entry() override { disown(); }
    virtual void call() = 0;
    void disown() {
      if (owner != nullptr) std::exchange(owner, nullptr)->entry_ = nullptr;
    }
    void end() override {
      static_cast<void>(thread().host().timers->stop(thread().get(), number));
      delete this;
    }
    static void expired(void* data, radius_timer_t, radius_status_t status) {
      const std::unique_ptr<Entry> entry(static_cast<Entry*>(data));
      if (status != RADIUS_OK) return;  // the thread ends, and this with it
      const Instance& instance = entry->thread().instance();
      entry->disown();
      detail::guard_callback(&instance.host(), instance.get(), [&] { entry->call(); });
    }

    Timer* owner = nullptr;
    radius_timer_t number = 0;
  };
  template <class Body>
  struct Job final : Entry {
    Job(Thread& thread, Body from) : Entry(thread), body(std::move(from)) {}
    void call() override { body(); }
    Body body;
  };

  template <class Body>
  static Entry* start(Thread& thread, std::chrono::milliseconds delay, Body body) {
    auto job = std::make_unique<Job<Body>>(thread, std::move(body));
    const auto delay_ms = static_cast<uint64_t>(delay.count() < 0 ? 0 : delay.count());
    Entry* const entry = job.get();
    require(thread.host().timers->start(thread.get(), delay_ms, &Entry::expired, entry, &entry->number), "a timer");
    return job.release();
  }

  Entry* entry_ = nullptr;
};

template <class Body>
void Thread::after(std::chrono::milliseconds delay, Body body) {
  Timer::start(*this, delay, std::move(body));
}

}  // namespace radius

#endif
