// SPDX-License-Identifier: Apache-2.0
#include "plugin/thread_timers.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t delay_max_ms = uint64_t{1000} * 60 * 60 * 24 * 365;

}  // namespace

ThreadTimers::~ThreadTimers() {
  for (Slot& slot : slots_) queue_.stop(slot);
}

radius_status_t ThreadTimers::start(uint64_t delay_ms, radius_timer_callback_t expired, void* data,
                                    radius_timer_t& timer) {
  if (has_ended_) return RADIUS_ERR_STATE;
  if (free_.empty()) {
    if (slots_.size() == timers_max) return RADIUS_ERR_LIMIT;
    Slot& made = slots_.emplace_back();
    made.owner = this;
    made.number = static_cast<uint32_t>(slots_.size());
    free_.push_back(made.number);
  }
  Slot& slot = slots_[free_.back() - 1];
  free_.pop_back();
  ++slot.serial;
  slot.call = expired;
  slot.data = data;
  queue_.start(slot, monotonic_ns() + std::min(delay_ms, delay_max_ms) * 1000000);
  timer = slot.id();
  return RADIUS_OK;
}

bool ThreadTimers::stop(radius_timer_t timer) {
  uint64_t number = timer >> 32;
  if (number == 0 || number > slots_.size()) return false;
  Slot& slot = slots_[number - 1];
  if (!slot.is_running() || slot.id() != timer) return false;
  queue_.stop(slot);
  free_.push_back(slot.number);
  return true;
}

void ThreadTimers::end() {
  has_ended_ = true;
  for (Slot& slot : slots_) {
    if (!slot.is_running()) continue;
    queue_.stop(slot);
    slot.finish(RADIUS_ERR_GONE);
  }
}

void ThreadTimers::Slot::finish(radius_status_t status) {
  radius_timer_t timer = id();
  owner->free_.push_back(number);
  call(data, timer, status);
}

}  // namespace radhost
