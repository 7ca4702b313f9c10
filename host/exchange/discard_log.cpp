// SPDX-License-Identifier: Apache-2.0
#include "exchange/discard_log.h"

#include "base/clock.h"

namespace radhost {

bool DiscardLog::Limit::passes() {
  auto now = static_cast<uint64_t>(wall_clock_us() / 1000000);
  if (second == now) {
    ++unlogged;
    return false;
  }
  second = now;
  return true;
}

void DiscardLog::discarded(const Account& account, const Datagram& datagram, uint64_t request_id, Discard reason) {
  std::string_view client = account.client == nullptr ? std::string_view("-") : std::string_view(account.client->name);
  if (log_.enabled(LogLevel::Debug)) {
    log_.debug("packet discarded", {{"reason", to_word(reason)},
                                    {"listener", account.listener.name},
                                    {"client", client},
                                    {"peer", datagram.peer.to_text()},
                                    {"request", request_id}});
    return;
  }
  // A retransmission is no news.
  Limit& limit = discards_[static_cast<size_t>(reason)];
  if (reason == Discard::Duplicate || !limit.passes()) return;
  log_.warn("packet discarded", {{"reason", to_word(reason)},
                                 {"listener", account.listener.name},
                                 {"client", client},
                                 {"peer", datagram.peer.to_text()},
                                 {"more_like_it", std::exchange(limit.unlogged, 0)}});
}

void DiscardLog::failed(const Account& account, uint64_t request_id, const ChainOutcome& outcome) {
  if (!log_.enabled(LogLevel::Debug) && !failures_.passes()) return;
  log_.warn("handler failed", {{"plugin", outcome.by->name()},
                               {"listener", account.listener.name},
                               {"request", request_id},
                               {"why", outcome.reason},
                               {"more_like_it", std::exchange(failures_.unlogged, 0)}});
}

}  // namespace radhost
