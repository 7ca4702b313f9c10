// SPDX-License-Identifier: Apache-2.0
#include "server/watchdog.h"

#include "base/clock.h"

namespace radhost {
namespace {

/// How often it is looked whether somebody is to be named, where nobody is.
constexpr std::chrono::nanoseconds idle_time = std::chrono::seconds(1);

}  // namespace

Watchdog::Watchdog(Served served, Log& log)
    : served_(std::move(served)), log_(log), thread_([this] { return look(); }) {}

/// Gives when to look again.
std::chrono::nanoseconds Watchdog::look() {
  Named named;
  std::shared_ptr<const Assembly> assembly = served_();
  warn_ns_ = uint64_t{assembly->config().server.handler_warn_ms} * 1000000;
  if (warn_ns_ != 0)
    for (const std::shared_ptr<Instance>& instance : assembly->instances())
      for (size_t worker = 0; worker < instance->workers(); ++worker) look(*instance, worker, named);
  named_ = std::move(named);
  return warn_ns_ == 0 ? idle_time : std::chrono::nanoseconds(warn_ns_);
}

/// Each call is named once.
void Watchdog::look(const Instance& instance, size_t worker, Named& named) const {
  std::pair<const Instance*, size_t> place{&instance, worker};
  auto before = named_.find(place);
  const CallMark& mark = instance.call_mark(worker);
  uint64_t since_ns = mark.since_ns();
  uint64_t now_ns = monotonic_ns();
  if (since_ns == 0 || since_ns + warn_ns_ > now_ns) return;
  named[place] = since_ns;
  if (before != named_.end() && before->second == since_ns) return;
  const char* listener = mark.listener();
  log_.warn("a handler is holding a worker", {{"plugin", instance.name()},
                                              {"listener", listener == nullptr ? "-" : listener},
                                              {"worker", uint64_t{worker}},
                                              {"ms", (now_ns - since_ns) / 1000000}});
}

}  // namespace radhost
