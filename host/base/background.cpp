// SPDX-License-Identifier: Apache-2.0
#include "base/background.h"

#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <thread>

namespace radhost {
namespace {

/// The least of all weights (sched(7)).
constexpr int least_urgent = 19;

}  // namespace

void do_in_background(const std::function<void()>& job) {
  std::packaged_task<void()> task([&job] {
    // Of this thread alone: Linux keeps it for each.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), least_urgent);
    job();
  });
  std::future<void> done = task.get_future();
  std::thread(std::move(task)).join();
  done.get();
}

}  // namespace radhost
