// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/octets.h"
#include "packet/discard.h"

namespace radhost {

struct Request;

/// Where a request's slot came from, and where its answer goes. Each of these ends the worker's use of the slot, but
/// for `send_copy`. The worker's thread.
class ReplyPath {
 public:
  virtual ~ReplyPath() = default;

  /// Sends the reply in the slot, then gives the slot back.
  virtual void send(Request& request) = 0;

  /// Sends a copy of the reply in the slot at `due_ns` (0: now); the slot is free for other uses.
  virtual void send_copy(const Request& request, uint64_t due_ns) = 0;

  /// Nothing is sent.
  virtual void give_back(Request& request) = 0;

  /// The same, because it was dropped: who asked over a connection may be spoken to no longer.
  virtual void discard(Request& request, Discard) { give_back(request); }

  /// Hands the datagram, as it came, to the server that this one takes over from; the slot is still the pipeline's.
  /// False when that takes none.
  virtual bool pass_on(const Request&) { return false; }
};

}  // namespace radhost
