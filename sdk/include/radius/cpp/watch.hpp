// SPDX-License-Identifier: Apache-2.0
/// "radius.fd/1": a module's own sockets, pipes and the like, watched by the worker's loop.
#ifndef RADIUS_CPP_WATCH_HPP
#define RADIUS_CPP_WATCH_HPP

#include <radius/ext/fd.h>
#include <radius/cpp/timer.hpp>

#include <memory>
#include <utility>

namespace radius {

/// A watched descriptor, until this ends; close the descriptor after that. It belongs to a thread, and ends before that
/// does, with what the module keeps for the thread at the latest. It may end within its own call.
class Watch {
 public:
  Watch() = default;
  Watch(Watch&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Watch& operator=(Watch&& other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Watch() { end(); }

  explicit operator bool() const { return entry_ != nullptr; }
  /// Watches for other events from now on: RADIUS_FD_READABLE, RADIUS_FD_WRITABLE.
  void change(uint32_t events) {
    require(entry_ == nullptr ? radius_status_t{RADIUS_ERR_GONE}
                              : entry_->table->change(entry_->thread->get(), entry_->number, events),
            "change");
  }
  void end() {
    Entry* entry = std::exchange(entry_, nullptr);
    if (entry == nullptr) return;
    static_cast<void>(entry->table->unwatch(entry->thread->get(), entry->number));
    if (entry->is_called) entry->is_ended = true;  // whoever calls it ends it
    else delete entry;
  }

 private:
  friend class Descriptors;

  struct Entry {
    Entry(const radius_fd_v1_t& fds, Thread& watcher) : table(&fds), thread(&watcher) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    virtual ~Entry() = default;
    virtual void call(uint32_t events) = 0;

    const radius_fd_v1_t* table;
    Thread* thread;
    radius_watch_t number = 0;
    bool is_called = false;
    bool is_ended = false;
  };
  template <class Ready>
  struct Body final : Entry {
    Body(const radius_fd_v1_t& fds, Thread& watcher, Ready body) : Entry(fds, watcher), ready(std::move(body)) {}
    void call(uint32_t events) override { ready(events); }
    Ready ready;
  };
  static void ready(void* data, radius_watch_t, uint32_t events) {
    auto* entry = static_cast<Entry*>(data);
    const Instance& instance = entry->thread->instance();
    entry->is_called = true;
    detail::guard_callback(&instance.host(), instance.get(), [&] { entry->call(events); });
    entry->is_called = false;
    if (entry->is_ended) delete entry;
  }

  explicit Watch(Entry* entry) : entry_(entry) {}
  Entry* entry_ = nullptr;
};

/// Watches descriptors; made in the module's constructor.
class Descriptors {
 public:
  explicit Descriptors(const Instance& instance) : table_(&instance.extension<radius_fd_v1_t>(RADIUS_EXT_FD)) {}

  /// Calls `ready(uint32_t events)` on this thread whenever one of `events` holds. Throws Error for what cannot be
  /// watched, and on a pool thread.
  template <class Ready>
  [[nodiscard]] Watch watch(Thread& thread, int fd, uint32_t events, Ready ready) const {
    auto entry = std::make_unique<Watch::Body<Ready>>(*table_, thread, std::move(ready));
    require(
        table_->watch(thread.get(), fd, events, &Watch::ready, static_cast<Watch::Entry*>(entry.get()), &entry->number),
        "watch");
    return Watch(entry.release());
  }

 private:
  const radius_fd_v1_t* table_;
};

}  // namespace radius

#endif
