// SPDX-License-Identifier: Apache-2.0
#include "server/watchdog.h"

#include "base/clock.h"

namespace radhost {

Watchdog::Watchdog(const Assembly& assembly, Log& log)
    : assembly_(assembly), log_(log), warn_ns_(uint64_t{assembly.config().server.handler_warn_ms} * 1000000) {
  if (warn_ns_ == 0) return;
  for (const std::shared_ptr<Instance>& instance : assembly.instances()) named_.emplace_back(instance->workers());
  thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::nanoseconds(warn_ns_), [this] { return is_ending_; }))
    for (size_t i = 0; i < named_.size(); ++i)
      for (size_t worker = 0; worker < named_[i].size(); ++worker)
        look(*assembly_.instances()[i], worker, named_[i][worker]);
}

/// Each call is named once.
void Watchdog::look(const Instance& instance, size_t worker, uint64_t& named_ns) {
  const CallMark& mark = instance.call_mark(worker);
  uint64_t since_ns = mark.since_ns();
  uint64_t now_ns = monotonic_ns();
  if (since_ns == 0 || since_ns == named_ns || since_ns + warn_ns_ > now_ns) return;
  named_ns = since_ns;
  const char* listener = mark.listener();
  log_.warn("a handler is holding a worker", {{"plugin", instance.name()},
                                              {"listener", listener == nullptr ? "-" : listener},
                                              {"worker", uint64_t{worker}},
                                              {"ms", (now_ns - since_ns) / 1000000}});
}

}  // namespace radhost
