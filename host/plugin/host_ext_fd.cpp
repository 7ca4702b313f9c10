// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"
#include "plugin/host_table.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

radius_status_t watch(radius_thread_t* thread, int32_t fd, uint32_t events,
                      void (*ready)(void*, radius_watch_t, uint32_t), void* data, radius_watch_t* watch) {
  if (thread == nullptr || ready == nullptr) return RADIUS_ERR_INVALID;
  if (thread->watches == nullptr) return RADIUS_ERR_STATE;  // a pool thread has no loop
  radius_watch_t begun = 0;
  radius_status_t status = thread->watches->watch(fd, events, ready, data, begun);
  if (watch != nullptr) *watch = begun;
  return status;
}

radius_status_t change(radius_thread_t* thread, radius_watch_t watch, uint32_t events) {
  if (thread == nullptr) return RADIUS_ERR_INVALID;
  return thread->watches == nullptr ? RADIUS_ERR_STATE : thread->watches->change(watch, events);
}

radius_status_t unwatch(radius_thread_t* thread, radius_watch_t watch) {
  if (thread == nullptr) return RADIUS_ERR_INVALID;
  return thread->watches == nullptr ? RADIUS_ERR_STATE : thread->watches->unwatch(watch);
}

}  // namespace

const radius_fd_v1_t& fd_table() {
  static constexpr radius_fd_v1_t table{sizeof table, 0, guarded<watch>, guarded<change>, guarded<unwatch>};
  return table;
}

}  // namespace radhost
