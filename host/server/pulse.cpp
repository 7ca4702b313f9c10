// SPDX-License-Identifier: Apache-2.0
#include "server/pulse.h"

#include "base/service_manager.h"

namespace radhost {
namespace {

/// Beats in the watchdog's time: one that a busy machine delays is made up for.
constexpr int beats = 4;

}  // namespace

Pulse::Pulse(Workers& workers, std::chrono::microseconds time)
    : workers_(workers), asleep_(workers.knock()), thread_([this, time] {
        beat();
        return time / beats;
      }) {}

void Pulse::beat() {
  if (asleep_->load(std::memory_order_acquire) != 0) return;
  tell_service_manager("WATCHDOG=1");
  asleep_ = workers_.knock();
}

}  // namespace radhost
