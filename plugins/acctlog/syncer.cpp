// SPDX-License-Identifier: Apache-2.0
#include "syncer.h"

#include <utility>

#include <pthread.h>
#include <signal.h>

namespace acctlog {

Syncer::Syncer(std::chrono::milliseconds pause, std::function<void()> tick) : tick_(std::move(tick)) {
  // A thread begins with the signal mask of the one that makes it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this, pause] { run(pause); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_setname_np(thread_.native_handle(), "acctlog");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Syncer::~Syncer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Syncer::run(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    wake_.wait_for(lock, pause, [this] { return ending_; });
    lock.unlock();
    tick_();
    lock.lock();
  }
}

}  // namespace acctlog
