// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/fd.h>

#include <deque>
#include <thread>
#include <vector>

#include "base/fd_watcher.h"

namespace radhost {

/// The descriptors that one instance watches on one worker (radius/ext/fd.h). Those that are left when it ends are
/// watched no more.
class ThreadWatches {
 public:
  using Ready = void (*)(void* data, radius_watch_t watch, uint32_t events);

  /// On the worker's thread. At most `watches_max` at once.
  ThreadWatches(FdWatcher& watcher, size_t watches_max)
      : watcher_(watcher), watches_max_(watches_max), owner_(std::this_thread::get_id()) {}
  ThreadWatches(const ThreadWatches&) = delete;
  ThreadWatches& operator=(const ThreadWatches&) = delete;

  radius_status_t watch(int fd, uint32_t events, Ready ready, void* data, radius_watch_t& watch);
  radius_status_t change(radius_watch_t watch, uint32_t events);
  radius_status_t unwatch(radius_watch_t watch);

  size_t count() const { return slots_.size() - free_.size(); }

 private:
  struct Slot final : FdWatcher::Listener {
    void ready(uint32_t events) override;

    uint32_t number = 0;  ///< counted from 1
    uint32_t serial = 0;
    Ready call = nullptr;
    void* data = nullptr;
    std::unique_ptr<FdWatcher::Watch> watch;  ///< null in a free slot

    radius_watch_t id() const { return uint64_t{number} << 32 | serial; }
  };
  Slot* find(radius_watch_t watch);
  bool is_owner() const { return std::this_thread::get_id() == owner_; }

  FdWatcher& watcher_;
  size_t watches_max_;
  std::thread::id owner_;
  std::deque<Slot> slots_;
  std::vector<uint32_t> free_;
};

}  // namespace radhost
