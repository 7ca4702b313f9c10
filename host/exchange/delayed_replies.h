// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/timer_queue.h"
#include "exchange/tally.h"
#include "net/udp_socket.h"

namespace radhost {

class ClientConnection;

/// Encoded replies that wait for their time, with nothing of their requests but where they go. Bounded.
class DelayedReplies {
 public:
  struct Reply : TimerQueue::Timer {
    Datagram datagram;  ///< its octets lie in `octets`
    std::vector<uint8_t> octets;
    std::shared_ptr<ClientConnection> connection;  ///< null over UDP
    std::optional<Account> account;

    DelayedReplies* owner = nullptr;
    void expired() override { owner->due_(*this); }
  };
  /// `due` is called with each reply when its time has come; who takes it gives it back.
  DelayedReplies(TimerQueue& timers, size_t replies_max, std::function<void(Reply&)> due)
      : timers_(timers), replies_max_(replies_max), due_(std::move(due)) {}
  DelayedReplies(const DelayedReplies&) = delete;
  DelayedReplies& operator=(const DelayedReplies&) = delete;
  ~DelayedReplies();

  /// A reply that is filled in by the caller, then started; nullptr when there are too many.
  Reply* take();
  void start(Reply& reply, uint64_t due_ns) { timers_.start(reply, due_ns); }
  void give_back(Reply& reply);

  /// Makes all that wait due.
  void hurry();

  size_t taken() const { return replies_.size() - free_.size(); }

 private:
  TimerQueue& timers_;
  size_t replies_max_;
  std::function<void(Reply&)> due_;
  std::deque<Reply> replies_;
  std::vector<Reply*> free_;
};

}  // namespace radhost
