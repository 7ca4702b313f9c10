// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

#include "plugin/call_mark.h"
#include "plugin/handler_counters.h"
#include "plugin/later_status.h"
#include "plugin/thread_exchanges.h"
#include "plugin/thread_store.h"
#include "plugin/thread_timers.h"
#include "plugin/thread_watches.h"

namespace radhost {
class Instance;
class Subrequests;
}  // namespace radhost

/// A thread that calls an instance's handlers.
/// Each on cache lines of its own: workers count at once.
struct alignas(64) radius_thread {
  radhost::HandlerCounters counters;  ///< of workers; pool threads leave them at zero
  radhost::CallMark call;             ///< of workers
  radhost::Instance* instance = nullptr;
  std::unique_ptr<radhost::ThreadTimers> timers;        ///< none on pool threads
  std::unique_ptr<radhost::ThreadExchanges> exchanges;  ///< none on pool threads
  mutable radhost::Counter exchanges_under_way;         ///< a gauge
  std::unique_ptr<radhost::ThreadStore> store;
  std::unique_ptr<radhost::ThreadWatches> watches;  ///< none on pool threads
  radhost::Subrequests* subrequests = nullptr;      ///< the worker's; none on pool threads
  void* self = nullptr;                             ///< the module's own
  std::thread::id id;                               ///< the thread that this is
  bool begun = false;                               ///< thread_start was called: thread_stop ends it
  radhost::LaterStatus start;                       ///< where it finishes later
  bool is_starting = false;
};
