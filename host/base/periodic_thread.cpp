// SPDX-License-Identifier: Apache-2.0
#include "base/periodic_thread.h"

#include "base/own_thread.h"

namespace radhost {

PeriodicThread::PeriodicThread(std::function<std::chrono::nanoseconds()> round)
    : round_(std::move(round)), thread_([this] { run(); }) {}

PeriodicThread::~PeriodicThread() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PeriodicThread::run() {
  OwnThread own;
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, round_(), [this] { return is_ending_; })) {}
}

}  // namespace radhost
