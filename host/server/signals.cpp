// SPDX-License-Identifier: Apache-2.0
#include "server/signals.h"

#include <csignal>
#include <utility>

namespace radhost {

namespace {

constexpr uint64_t tick_ms = 5000;

}  // namespace

Signals::Signals(Handlers handlers) : handlers_(std::move(handlers)) {
  // A write to a closed pipe or beyond a file's bound is an error to be handled, not the process's end.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  uv_loop_init(&loop_);
  uv_async_init(&loop_, &told_to_end_, [](uv_async_t* told) { uv_stop(told->loop); });
  uv_unref(reinterpret_cast<uv_handle_t*>(&told_to_end_));
  constexpr std::array numbers{SIGTERM, SIGINT, SIGHUP, SIGUSR1};
  for (size_t i = 0; i < watches_.size(); ++i) {
    watches_[i].owner = this;
    watches_[i].handle.data = &watches_[i];
    uv_signal_init(&loop_, &watches_[i].handle);
    uv_signal_start(&watches_[i].handle, received, numbers[i]);
  }
  timer_.data = this;
  uv_timer_init(&loop_, &timer_);
  auto tick = [](uv_timer_t* timer) { static_cast<Signals*>(timer->data)->handlers_.tick(); };
  uv_timer_start(&timer_, tick, tick_ms, tick_ms);
}

Signals::~Signals() {
  close_all();
  uv_close(reinterpret_cast<uv_handle_t*>(&told_to_end_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

void Signals::wait() {
  uv_run(&loop_, UV_RUN_DEFAULT);
  close_all();
}

void Signals::end() { uv_async_send(&told_to_end_); }

void Signals::received(uv_signal_t* handle, int number) {
  Signals& signals = *static_cast<Watch*>(handle->data)->owner;
  if (number == SIGHUP) signals.handlers_.reload();
  else if (number == SIGUSR1) signals.handlers_.reopen();
  else uv_stop(&signals.loop_);
}

void Signals::close_all() {
  if (std::exchange(closed_, true)) return;
  for (Watch& watch : watches_) uv_close(reinterpret_cast<uv_handle_t*>(&watch.handle), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
}

}  // namespace radhost
