// SPDX-License-Identifier: Apache-2.0
#include "exchange/retransmission.h"

#include <algorithm>

namespace radhost {
namespace {

/// RAND * `timeout_ns`: RAND lies between -0.1 and +0.1.
int64_t jitter(uint64_t timeout_ns, uint64_t random) {
  uint64_t tenth = timeout_ns / 10;
  return static_cast<int64_t>(random % (2 * tenth + 1)) - static_cast<int64_t>(tenth);
}

uint64_t add(uint64_t to, int64_t difference) { return static_cast<uint64_t>(static_cast<int64_t>(to) + difference); }

}  // namespace

uint64_t Retransmission::transmit(uint64_t now_ns, uint64_t random) {
  ++transmissions_;
  return wait(now_ns, random);
}

uint64_t Retransmission::wait(uint64_t now_ns, uint64_t random) {
  // RFC 5080 §2.2.1: RT = IRT + RAND*IRT, then RT = 2*RTprev + RAND*RTprev, and MRT + RAND*MRT where that is more.
  if (timeout_ns_ == 0) timeout_ns_ = add(limits_.initial_ns, jitter(limits_.initial_ns, random));
  else timeout_ns_ = add(2 * timeout_ns_, jitter(timeout_ns_, random));
  if (limits_.max_ns != 0 && timeout_ns_ > limits_.max_ns)
    timeout_ns_ = add(limits_.max_ns, jitter(limits_.max_ns, random));
  return std::min(now_ns + timeout_ns_, ends_ns_);
}

}  // namespace radhost
