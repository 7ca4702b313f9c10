// SPDX-License-Identifier: Apache-2.0
#include "plugin/thread_watches.h"

namespace radhost {
namespace {

static_assert(RADIUS_FD_READABLE == FdWatcher::readable && RADIUS_FD_WRITABLE == FdWatcher::writable &&
              RADIUS_FD_CLOSED == FdWatcher::closed);

bool are_events(uint32_t events) {
  return events != 0 && (events & ~uint32_t{RADIUS_FD_READABLE | RADIUS_FD_WRITABLE | RADIUS_FD_CLOSED}) == 0;
}

radius_status_t status_of(FdWatcher::Error error) {
  switch (error) {
    case FdWatcher::Error::None: return RADIUS_OK;
    case FdWatcher::Error::Unwatchable: return RADIUS_ERR_INVALID;
    case FdWatcher::Error::TooMany: return RADIUS_ERR_LIMIT;
  }
  return RADIUS_ERR_INTERNAL;
}

}  // namespace

radius_status_t ThreadWatches::watch(int fd, uint32_t events, Ready ready, void* data, radius_watch_t& watch) {
  watch = 0;
  if (fd < 0 || !are_events(events)) return RADIUS_ERR_INVALID;
  if (!is_owner()) return RADIUS_ERR_STATE;
  if (free_.empty()) {
    if (slots_.size() >= watches_max_) return RADIUS_ERR_LIMIT;
    Slot& made = slots_.emplace_back();
    made.number = static_cast<uint32_t>(slots_.size());
    free_.push_back(made.number);
  }
  Slot& slot = slots_[free_.back() - 1];
  auto error = FdWatcher::Error::None;
  slot.watch = watcher_.watch(fd, events, slot, error);
  if (slot.watch == nullptr) return status_of(error);
  free_.pop_back();
  ++slot.serial;
  slot.call = ready;
  slot.data = data;
  watch = slot.id();
  return RADIUS_OK;
}

ThreadWatches::Slot* ThreadWatches::find(radius_watch_t watch) {
  uint64_t number = watch >> 32;
  if (number == 0 || number > slots_.size()) return nullptr;
  Slot& slot = slots_[number - 1];
  return slot.watch != nullptr && slot.id() == watch ? &slot : nullptr;
}

radius_status_t ThreadWatches::change(radius_watch_t watch, uint32_t events) {
  if (!are_events(events)) return RADIUS_ERR_INVALID;
  if (!is_owner()) return RADIUS_ERR_STATE;
  Slot* slot = find(watch);
  if (slot == nullptr) return RADIUS_ERR_GONE;
  slot->watch->change(events);
  return RADIUS_OK;
}

radius_status_t ThreadWatches::unwatch(radius_watch_t watch) {
  if (!is_owner()) return RADIUS_ERR_STATE;
  Slot* slot = find(watch);
  if (slot == nullptr) return RADIUS_ERR_GONE;
  slot->watch.reset();
  free_.push_back(slot->number);
  return RADIUS_OK;
}

void ThreadWatches::Slot::ready(uint32_t events) { call(data, id(), events); }

}  // namespace radhost
