// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "packet/discard.h"

namespace radhost {

/// What one worker counted for one listener or client. Every request is either replied to or discarded.
struct Counters {
  uint64_t requests = 0;
  uint64_t replies = 0;
  std::array<uint64_t, discard_count> discards{};

  void add(const Counters& other) {
    requests += other.requests;
    replies += other.replies;
    for (size_t i = 0; i < discard_count; ++i) discards[i] += other.discards[i];
  }
};

/// One worker's counters, by the index of listeners and clients; written by its thread alone.
struct WorkerCounters {
  std::vector<Counters> listeners;
  std::vector<Counters> clients;
};

}  // namespace radhost
