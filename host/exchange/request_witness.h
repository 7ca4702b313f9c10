// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/discard.h"
#include "plugin/witness.h"

namespace radhost {

struct Request;

/// Who looks on at what a worker does with requests.
class RequestWitness : public Witness {
 public:
  /// A verified request is about to meet its handlers.
  virtual void received(const Request& /*request*/) {}

  void handled(const radius_request& /*request*/, const Instance& /*instance*/, const ChainOutcome& /*outcome*/,
               uint64_t /*took_ns*/) override {}

  /// A handler has failed; the outcome's reason says how. May come again.
  virtual void failed(const Request& /*request*/, const ChainOutcome& /*outcome*/) {}

  /// The chain has its verdict, and who was called has heard of it: the answer will be made of the lists as they are.
  virtual void concluded(const Request& /*request*/, const ChainOutcome& /*outcome*/) {}

  /// Its reply is in its slot, and leaves now, or later when it is `is_delayed`. Also for what met no handler: another
  /// answer to a duplicate, one to a Status-Server.
  virtual void replied(const Request& /*request*/, bool /*is_delayed*/) {}

  /// It gets no answer. It may be no packet, or from no client.
  virtual void discarded(const Request& /*request*/, Discard /*reason*/) {}
};

}  // namespace radhost
