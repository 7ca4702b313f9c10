// SPDX-License-Identifier: Apache-2.0
#include "net/fd_poll.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace radhost {
namespace {

int to_uv(uint32_t events) {
  return ((events & FdWatcher::readable) != 0 ? UV_READABLE : 0) |
         ((events & FdWatcher::writable) != 0 ? UV_WRITABLE : 0) |
         ((events & FdWatcher::closed) != 0 ? UV_DISCONNECT : 0);
}

uint32_t from_uv(int events) {
  return ((events & UV_READABLE) != 0 ? FdWatcher::readable : 0) |
         ((events & UV_WRITABLE) != 0 ? FdWatcher::writable : 0) |
         ((events & UV_DISCONNECT) != 0 ? FdWatcher::closed : 0);
}

/// Watches a duplicate of the descriptor: libuv ends the process when what it watches is closed under its hands.
class PollWatch final : public FdWatcher::Watch {
 public:
  PollWatch(uv_poll_t* poll, int duplicate, FdWatcher::Listener& listener)
      : poll_(poll), duplicate_(duplicate), listener_(listener) {
    poll_->data = this;
  }
  PollWatch(const PollWatch&) = delete;
  PollWatch& operator=(const PollWatch&) = delete;
  ~PollWatch() override {
    poll_->data = nullptr;
    uv_poll_stop(poll_);
    close(duplicate_);
    uv_close(reinterpret_cast<uv_handle_t*>(poll_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
  }

  void change(uint32_t events) override {
    events_ = events;
    uv_poll_start(poll_, to_uv(events), ready);
  }

 private:
  static void ready(uv_poll_t* poll, int status, int events) {
    auto* watch = static_cast<PollWatch*>(poll->data);
    if (watch == nullptr) return;
    uint32_t holds = from_uv(events);
    if (status < 0) {
      // libuv does not say what is wrong with the descriptor, and watches it no more. Whoever reads or writes finds
      // out.
      holds = watch->events_;
      watch->change(watch->events_);
    }
    watch->listener_.ready(holds & watch->events_);
  }

  uv_poll_t* poll_;
  int duplicate_;
  FdWatcher::Listener& listener_;
  uint32_t events_ = 0;
};

}  // namespace

std::unique_ptr<FdWatcher::Watch> FdPoll::watch(int fd, uint32_t events, Listener& listener, Error& error) {
  int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (duplicate < 0) {
    error = errno == EMFILE ? Error::TooMany : Error::Unwatchable;
    return nullptr;
  }
  auto poll = std::make_unique<uv_poll_t>();
  if (uv_poll_init(&loop_, poll.get(), duplicate) != 0) {
    close(duplicate);
    error = Error::Unwatchable;
    return nullptr;
  }
  error = Error::None;
  auto watch = std::make_unique<PollWatch>(poll.release(), duplicate, listener);
  watch->change(events);
  return watch;
}

}  // namespace radhost
