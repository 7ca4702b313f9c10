// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace radhost {

/// What a worker shows of the call into a module that it is in, so that another thread notices one that does not
/// return. Written by the worker alone, and never waited for: a reader may see a call that has just ended.
class CallMark {
 public:
  /// `listener`: a name that lives as long as the process does, terminated; nullptr where no request is concerned.
  /// Gives when the call began that this one is in, by a subrequest; 0: there is none.
  uint64_t begin(uint64_t now_ns, const char* listener) {
    uint64_t outer_ns = since_ns();
    listener_.store(listener, std::memory_order_relaxed);
    since_ns_.store(now_ns, std::memory_order_relaxed);
    return outer_ns;
  }
  /// Goes back to that call.
  void end(uint64_t outer_ns) { since_ns_.store(outer_ns, std::memory_order_relaxed); }

  /// When the call began; 0: there is none.
  uint64_t since_ns() const { return since_ns_.load(std::memory_order_relaxed); }
  const char* listener() const { return listener_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> since_ns_{0};
  std::atomic<const char*> listener_{nullptr};
};

}  // namespace radhost
