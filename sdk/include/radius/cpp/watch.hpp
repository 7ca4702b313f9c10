// SPDX-License-Identifier: Apache-2.0
/// "radius.fd/1": a module's own sockets, pipes and the like, watched by the worker's loop.
#ifndef RADIUS_CPP_WATCH_HPP
#define RADIUS_CPP_WATCH_HPP

#include <radius/ext/fd.h>
#include <radius/cpp/thread.hpp>

#include <memory>
#include <utility>

namespace radius {

/// A watched descriptor, until this ends, or before that its thread does; close the descriptor after that. It may end
/// within its own call.
class Watch {
 public:
  Watch() = default;
  Watch(Watch&& other) noexcept { *this = std::move(other); }
  Watch& operator=(Watch&& other) noexcept {
    if (this == &other) return *this;
    end();
    entry_ = std::exchange(other.entry_, nullptr);
    if (entry_ != nullptr) entry_->owner = this;
    return *this;
  }
  ~Watch() { end(); }

  explicit operator bool() const { return entry_ != nullptr; }
  /// Watches for other events from now on: RADIUS_FD_READABLE, RADIUS_FD_WRITABLE.
  void change(uint32_t events) {
    require(entry_ == nullptr ? radius_status_t{RADIUS_ERR_GONE} : entry_->change(events), "change");
  }
  void end() {
    if (entry_ != nullptr) entry_->end();
  }

 private:
  friend class Descriptors;

  struct Entry : detail::ThreadBound {
    Entry(const radius_fd_v1_t& fds, Thread& watcher) : ThreadBound(watcher), table(&fds) {}
    ~Entry() override { disown(); }
    virtual void call(uint32_t events) = 0;
    void disown() {
      if (owner != nullptr) std::exchange(owner, nullptr)->entry_ = nullptr;
    }
    radius_status_t change(uint32_t events) { return table->change(thread().get(), number, events); }
    void end() override {
      static_cast<void>(table->unwatch(thread().get(), number));
      disown();
      is_ended = true;
      if (!is_called) delete this;  // else whoever calls it does
    }
    static void ready(void* data, radius_watch_t, uint32_t events) {
      auto* entry = static_cast<Entry*>(data);
      const Instance& instance = entry->thread().instance();
      entry->is_called = true;
      detail::guard_callback(&instance.host(), instance.get(), [&] { entry->call(events); });
      entry->is_called = false;
      if (entry->is_ended) delete entry;
    }

    const radius_fd_v1_t* table;
    Watch* owner = nullptr;
    radius_watch_t number = 0;
    bool is_called = false;
    bool is_ended = false;
  };
  template <class Ready>
  struct Body final : Entry {
    Body(const radius_fd_v1_t& fds, Thread& watcher, Ready from) : Entry(fds, watcher), ready_body(std::move(from)) {}
    void call(uint32_t events) override { ready_body(events); }
    Ready ready_body;
  };

  explicit Watch(Entry* entry) : entry_(entry) { entry_->owner = this; }
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
    require(table_->watch(thread.get(), fd, events, &Watch::Entry::ready, static_cast<Watch::Entry*>(entry.get()),
                          &entry->number),
            "watch");
    return Watch(entry.release());
  }

 private:
  const radius_fd_v1_t* table_;
};

}  // namespace radius

#endif
