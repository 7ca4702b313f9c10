// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/octets.h"
#include "packet/discard.h"

namespace radhost {

struct ChainOutcome;
struct Request;

/// Where a request's slot came from, and where its answer goes. The worker's thread.
class ReplyPath {
 public:
  virtual ~ReplyPath() = default;

  // Each of these ends the worker's use of the slot, but for `send_copy`.

  /// Sends the reply in the slot, then gives the slot back.
  virtual void send(Request& request) = 0;

  /// Sends a copy of the reply in the slot at `due_ns` (0: now); the slot is free for other uses.
  virtual void send_copy(const Request& request, uint64_t due_ns) = 0;

  /// Nothing is sent.
  virtual void give_back(Request& request) = 0;

  // For a path that wants to know more of its requests than their answers.

  /// The chain has its verdict, and who was called has heard of it: the answer will be made of the lists as they are.
  virtual void concluded(const Request& /*request*/, const ChainOutcome& /*outcome*/) {}

  /// A handler has failed; the outcome's reason says how. May come again.
  virtual void failed(const Request& /*request*/, const ChainOutcome& /*outcome*/) {}

  /// There will be no answer.
  virtual void discarded(const Request& /*request*/, Discard /*reason*/) {}
};

}  // namespace radhost
