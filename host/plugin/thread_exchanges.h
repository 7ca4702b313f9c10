// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugin/outbound_requests.h"

namespace radhost {

/// One instance's way to other servers from one worker (radius/ext/client.h).
class ThreadExchanges {
 public:
  ThreadExchanges(OutboundRequests& requests, const radius_thread& thread) : requests_(requests), thread_(thread) {}

  /// nullptr once it has ended: nothing new may begin.
  OutboundRequests* requests() { return has_ended_ ? nullptr : &requests_; }

  bool cancel(radius_exchange_t exchange) { return requests_.cancel(thread_, exchange); }

  /// Ends all that is under way, while the module still has what its callbacks need.
  void end() {
    has_ended_ = true;
    requests_.cancel_all(thread_);
  }

 private:
  OutboundRequests& requests_;
  const radius_thread& thread_;
  bool has_ended_ = false;
};

}  // namespace radhost
