// SPDX-License-Identifier: Apache-2.0
#include "server/pulse.h"

#include "base/own_thread.h"
#include "base/service_manager.h"

namespace radhost {
namespace {

/// Beats in the watchdog's time: one that a busy machine delays is made up for.
constexpr int beats = 4;

}  // namespace

Pulse::Pulse(Workers& workers, std::chrono::microseconds time)
    : workers_(workers), between_(time / beats), thread_([this] { run(); }) {}

Pulse::~Pulse() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Pulse::run() {
  OwnThread own;
  auto asleep = workers_.knock();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, between_, [this] { return is_ending_; })) {
    if (asleep->load(std::memory_order_acquire) != 0) continue;
    tell_service_manager("WATCHDOG=1");
    asleep = workers_.knock();
  }
}

}  // namespace radhost
