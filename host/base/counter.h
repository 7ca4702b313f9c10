// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace radhost {

/// A number that one thread changes and any may read. Costs that thread what a plain number costs.
class Counter {
 public:
  void add(uint64_t count = 1) { set(value() + count); }
  void subtract(uint64_t count = 1) { set(value() - count); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  void set(uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::atomic<uint64_t> value_{0};
};

}  // namespace radhost
