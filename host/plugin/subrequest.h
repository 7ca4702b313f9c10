// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/ext/subrequest.h>

#include <array>

#include "base/timer_queue.h"
#include "packet/packet.h"
#include "plugin/chain_version.h"
#include "plugin/child_conversation.h"
#include "plugin/request.h"

namespace radhost {

/// A request that a module runs through a chain inside of another one. Used again and again, as a request's slot is;
/// belongs to one worker, but while handlers have it, its lists are in their hands (RequestState).
struct Subrequest : radius_request {
  explicit Subrequest(Subrequests& runner) : deadline(runner, *this) { subrequests = &runner; }

  std::array<uint8_t, Packet::maximum_size> received_octets;  ///< its attributes, as a packet carries them

  radius_request* outer = nullptr;  ///< nullptr once it was answered
  const Instance* by = nullptr;     ///< who runs it, and is called back
  radius_subrequest_callback_t done = nullptr;
  void* data = nullptr;
  ChainOutcome outcome;                          ///< of one whose handlers hear of it on pool threads
  radius_verdict_t final_verdict = RADIUS_DROP;  ///< of one that was answered before all had let go of it

  // In `outer`.
  ChildConversation* child = nullptr;  ///< the conversation it goes on with, in hand
  Subrequest* earlier = nullptr;       ///< among those that wait
  Subrequest* later = nullptr;

  /// When the worker stops waiting for a handler.
  class Deadline : public TimerQueue::Timer {
   public:
    Deadline(Subrequests& runner, Subrequest& subrequest) : runner_(runner), subrequest_(subrequest) {}

   private:
    void expired() override;
    Subrequests& runner_;
    Subrequest& subrequest_;
  };
  Deadline deadline;
};

}  // namespace radhost
