// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace radhost {

/// Microseconds since 1970-01-01 UTC; may be set back by the administrator.
inline int64_t wall_clock_us() {
  auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

/// Nanoseconds since some fixed moment; never goes back.
inline uint64_t monotonic_ns() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

/// A moment of the wall clock as RFC 3339 writes it: `2026-01-31T23:59:59.123456Z`.
std::string to_rfc3339(int64_t wall_us);

}  // namespace radhost
