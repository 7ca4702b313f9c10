// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace radhost {

/// The Identifiers of one socket (RFC 2865 §3): the one that was given back longest ago is taken next, so that an
/// answer that comes late finds nobody else's request (RFC 2865 §2.5, RFC 5080 §2.2.2).
class Identifiers {
 public:
  static constexpr size_t count = 256;

  Identifiers() {
    for (size_t i = 0; i < count; ++i) queue_[i] = static_cast<uint8_t>(i);
  }

  bool has_any() const { return free_ != 0; }

  /// Nothing when all are taken.
  std::optional<uint8_t> take() {
    if (free_ == 0) return std::nullopt;
    --free_;
    return queue_[first_++ % count];
  }

  void give_back(uint8_t identifier) {
    assert(free_ < count);
    queue_[(first_ + free_++) % count] = identifier;
  }

 private:
  std::array<uint8_t, count> queue_;  // a ring; `free_` of it from `first_` on
  size_t first_ = 0;
  size_t free_ = count;
};

}  // namespace radhost
