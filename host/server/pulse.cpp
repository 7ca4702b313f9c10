// SPDX-License-Identifier: Apache-2.0
#include "server/pulse.h"

#include <algorithm>

namespace radhost {
namespace {

/// Beats in the watchdog's time: one that a busy machine delays is made up for.
constexpr int beats = 4;
/// Whatever time the watchdog has.
constexpr std::chrono::microseconds longest_pause = std::chrono::hours(1);

}  // namespace

Pulse::Pulse(Workers& workers, const ServiceManager& manager)
    : workers_(workers), manager_(manager), asleep_(workers.knock()), thread_([this] {
        beat();
        return std::min(*manager_.watchdog / beats, longest_pause);
      }) {}

void Pulse::beat() {
  if (asleep_->load(std::memory_order_acquire) != 0) return;
  manager_.tell("WATCHDOG=1");
  asleep_ = workers_.knock();
}

}  // namespace radhost
