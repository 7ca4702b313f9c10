// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/octets.h"

namespace radhost {

/// What one server tells another of a request that it had, so that a copy of it is known there as well. Times are the
/// system's monotonic clock, which all processes share.
struct DuplicateRecord {
  using Key = std::array<uint8_t, 64>;

  Key key{};
  uint64_t fingerprint = 0;
  bool in_progress = false;  ///< then there is no answer yet
  uint64_t from_ns = 0;
  uint64_t until_ns = 0;
  std::vector<uint8_t> answer;  ///< empty also where it is not to be answered
};

/// Appends it.
void write_record(const DuplicateRecord& record, std::vector<uint8_t>& to);

/// Takes one from the front of `octets`. False when there is no whole one.
[[nodiscard]] bool take_record(Octets& octets, DuplicateRecord& record);

}  // namespace radhost
