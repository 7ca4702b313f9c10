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
  virtual void received(const Request& request) = 0;

  /// Its reply is in its slot, and leaves now, or later when it is `is_delayed`. Also for what met no handler: another
  /// answer to a duplicate, one to a Status-Server.
  virtual void replied(const Request& request, bool is_delayed) = 0;

  /// It gets no answer. It may be no packet, or from no client.
  virtual void discarded(const Request& request, Discard reason) = 0;
};

}  // namespace radhost
