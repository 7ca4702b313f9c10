// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

radius_status_t start(radius_thread_t* thread, uint64_t delay_ms, radius_timer_callback_t expired, void* data,
                      radius_timer_t* timer) {
  if (thread == nullptr || expired == nullptr) return RADIUS_ERR_INVALID;
  if (thread->timers == nullptr) return RADIUS_ERR_STATE;  // a pool thread has no loop
  radius_timer_t started = 0;
  radius_status_t status = thread->timers->start(delay_ms, expired, data, started);
  if (timer != nullptr) *timer = started;
  return status;
}

radius_status_t stop(radius_thread_t* thread, radius_timer_t timer) {
  if (thread == nullptr) return RADIUS_ERR_INVALID;
  if (thread->timers == nullptr) return RADIUS_ERR_STATE;
  return thread->timers->stop(timer) ? RADIUS_OK : RADIUS_ERR_GONE;
}

}  // namespace

const radius_timers_v1_t& timers_table() {
  static constexpr radius_timers_v1_t table{sizeof table, 0, guarded<start>, guarded<stop>};
  return table;
}

}  // namespace radhost
