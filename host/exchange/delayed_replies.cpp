// SPDX-License-Identifier: Apache-2.0
#include "exchange/delayed_replies.h"

namespace radhost {

DelayedReplies::~DelayedReplies() {
  for (Reply& reply : replies_) timers_.stop(reply);
}

DelayedReplies::Reply* DelayedReplies::take() {
  if (free_.empty()) {
    if (replies_.size() == replies_max_) return nullptr;
    Reply& made = replies_.emplace_back();
    made.owner = this;
    free_.reserve(replies_.size());
    return &made;
  }
  Reply* reply = free_.back();
  free_.pop_back();
  return reply;
}

void DelayedReplies::give_back(Reply& reply) {
  wipe(reply.octets);
  free_.push_back(&reply);
}

void DelayedReplies::hurry() {
  for (Reply& reply : replies_) {
    if (!reply.is_running()) continue;
    timers_.stop(reply);
    due_(reply);
  }
}

}  // namespace radhost
