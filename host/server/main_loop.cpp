// SPDX-License-Identifier: Apache-2.0
#include "server/main_loop.h"

#include <csignal>
#include <utility>

namespace radhost {
namespace {

/// The next such signal does nothing; the one after it has its usual effect.
void ignore_once(int number) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(number, &action, nullptr);
}

}  // namespace

MainLoop::MainLoop(Handlers handlers) : handlers_(std::move(handlers)) {
  // A write to a closed pipe or beyond a file's bound is an error to be handled, not the process's end.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  uv_loop_init(&loop_);
  wake_.data = this;
  uv_async_init(&loop_, &wake_, [](uv_async_t* wake) { static_cast<MainLoop*>(wake->data)->run_jobs(); });
  uv_unref(reinterpret_cast<uv_handle_t*>(&wake_));
  constexpr std::array numbers{SIGTERM, SIGINT, SIGHUP, SIGUSR1};
  for (size_t i = 0; i < watches_.size(); ++i) {
    watches_[i].owner = this;
    watches_[i].handle.data = &watches_[i];
    uv_signal_init(&loop_, &watches_[i].handle);
    uv_signal_start(&watches_[i].handle, received, numbers[i]);
  }
  timer_.data = this;
  uv_timer_init(&loop_, &timer_);
  start_timer(0);
}

void MainLoop::start_timer(uint64_t ms) {
  auto tick = [](uv_timer_t* timer) {
    auto& loop = *static_cast<MainLoop*>(timer->data);
    loop.start_timer(loop.handlers_.tick());
  };
  uv_timer_start(&timer_, tick, ms, 0);
}

MainLoop::~MainLoop() {
  close_all();
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

void MainLoop::wait() {
  uv_run(&loop_, UV_RUN_DEFAULT);
  close_all();
  // There is nothing more to be reloaded.
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGUSR1, SIG_IGN);
  // Who was told to end in another way has had no first signal yet.
  if (!is_signalled_)
    for (int number : {SIGTERM, SIGINT}) ignore_once(number);
}

void MainLoop::end() {
  {
    std::lock_guard lock(mutex_);
    is_told_to_end_ = true;
  }
  uv_async_send(&wake_);
}

void MainLoop::post(std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (!takes_jobs_) return;
  jobs_.push_back(std::move(job));
  uv_async_send(&wake_);
}

void MainLoop::run_jobs() {
  std::unique_lock lock(mutex_);
  for (std::vector<std::function<void()>> jobs = std::exchange(jobs_, {}); !jobs.empty();
       jobs = std::exchange(jobs_, {})) {
    lock.unlock();
    for (std::function<void()>& job : jobs) std::exchange(job, nullptr)();
    lock.lock();
  }
  if (is_told_to_end_) uv_stop(&loop_);
  else start_timer(0);
}

void MainLoop::received(uv_signal_t* handle, int number) {
  MainLoop& loop = *static_cast<Watch*>(handle->data)->owner;
  if (number == SIGHUP) loop.handlers_.reload();
  else if (number == SIGUSR1) loop.handlers_.reopen();
  else {
    loop.is_signalled_ = true;
    uv_stop(&loop.loop_);
  }
}

void MainLoop::close_all() {
  if (std::exchange(closed_, true)) return;
  for (Watch& watch : watches_) uv_close(reinterpret_cast<uv_handle_t*>(&watch.handle), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  std::vector<std::function<void()>> dropped;
  std::lock_guard lock(mutex_);
  takes_jobs_ = false;
  dropped.swap(jobs_);
}

}  // namespace radhost
