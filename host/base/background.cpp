// SPDX-License-Identifier: Apache-2.0
#include "base/background.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/own_thread.h"

namespace radhost {
namespace {

/// Weights are 15 and 110, where that of all others is 1024 (sched(7)).
constexpr int niceness_of(Urgency urgency) { return urgency == Urgency::Least ? 19 : 10; }

std::atomic<bool> gives_way{false};

}  // namespace

void give_way_from_now_on() { gives_way = true; }

void do_in_background(const std::function<void()>& job, Urgency urgency) {
  if (!gives_way) return job();
  std::packaged_task<void()> task([&job, urgency] {
    OwnThread own;
    // Of this thread alone: Linux keeps it for each.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness_of(urgency));
    job();
  });
  std::future<void> done = task.get_future();
  std::thread(std::move(task)).join();
  done.get();
}

}  // namespace radhost
