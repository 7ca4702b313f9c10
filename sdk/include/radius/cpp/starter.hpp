// SPDX-License-Identifier: Apache-2.0
/// Starts that finish later.
#ifndef RADIUS_CPP_STARTER_HPP
#define RADIUS_CPP_STARTER_HPP

#include <radius/cpp/thread.hpp>

#include <string_view>
#include <utility>

namespace radius {

/// Owed by a `start` or a Thread that finishes later: it says once how that went. If it ends before, the start has
/// failed. An instance's may be used on any thread, a thread's on that thread alone.
class Starter {
 public:
  explicit Starter(const Instance& instance) : instance_(&instance) {}
  explicit Starter(Thread& thread) : instance_(&thread.instance()), thread_(&thread) {}
  Starter(Starter&& other) noexcept
      : instance_(std::exchange(other.instance_, nullptr)), thread_(std::exchange(other.thread_, nullptr)) {}
  Starter& operator=(Starter&& other) noexcept {
    std::swap(instance_, other.instance_);
    std::swap(thread_, other.thread_);
    return *this;
  }
  ~Starter() { fail(RADIUS_ERR_INTERNAL, "it was given up before it had started"); }

  /// False when nobody waits any more.
  bool done() { return say(RADIUS_OK); }
  bool fail(radius_status_t status, std::string_view why) {
    if (instance_ == nullptr) return false;
    instance_->host().log->explain(instance_->get(), to_text(why));
    return say(status);
  }

 private:
  bool say(radius_status_t status) {
    const Instance* instance = std::exchange(instance_, nullptr);
    if (instance == nullptr) return false;
    const radius_host_v1_t& host = instance->host();
    return (thread_ == nullptr ? host.started(instance->get(), status) : host.thread_started(thread_->get(), status)) ==
           RADIUS_OK;
  }

  const Instance* instance_;
  Thread* thread_ = nullptr;
};

}  // namespace radius

#endif
