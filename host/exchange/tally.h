// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/counters.h"
#include "exchange/listener.h"

namespace radhost {

/// Where a request's numbers go: its listener's counters, its client's where it has one, and its kind. Outlives the
/// request, and the configuration that it came under.
struct Account {
  const ListenerRecord& listener;
  const ClientRecord* client;
  RequestKind kind;  ///< of a packet that is no request here, the kind that its listener is mainly for
};

/// Counts what happens to requests, for one worker. Each thing that can happen has one function.
class Tally {
 public:
  explicit Tally(WorkerCounters& counters) : counters_(counters) {}

  /// A datagram that may be a request.
  void request(const Account& account);
  /// A datagram from a source that is no client.
  void invalid_request(const Account& account, IpAddress::Family family);
  void status_request(const Account& account);
  void authorize_only(const Account& account);
  /// A request that was counted comes to nothing.
  void discard(const Account& account, Discard reason);
  void status_discard(const Account& account, Discard reason);
  /// An answer, when it is made. `error_cause`: 0 for none. `took_ns`: since the request came.
  void reply(const Account& account, Code code, uint32_t error_cause, uint64_t took_ns);
  /// A Protocol-Error goes out: the request that was counted is discarded all the same.
  void refusal(const Account& account);
  /// The same answer again: the request was a duplicate.
  void repeated_reply(const Account& account);
  void status_reply(const Account& account);
  /// A reply went out without attributes that it may not carry.
  void left_out(const Account& account, uint64_t attributes);
  /// A reply did not leave after all.
  void unsent(const Account& account);
  /// Handlers have it in hand, or no more.
  void begin_handling(const Account& account);
  void end_handling(const Account& account);
  /// A connection comes, and ends.
  void connection(const ListenerRecord& listener) { counters_.connections[listener.index].opened.add(); }
  void connection_end(const ListenerRecord& listener, StreamEnd why) {
    counters_.connections[listener.index].ended[static_cast<size_t>(why)].add();
  }
  void kernel_drops(const Listener& listener, uint64_t count) {
    counters_.listeners[listener.index].kernel_drops.add(count);
  }

 private:
  template <class Change>
  void each(const Account& account, Change change) {
    change(counters_.listeners[account.listener.index]);
    if (account.client != nullptr) change(counters_.clients[account.client->index]);
  }

  WorkerCounters& counters_;
};

}  // namespace radhost
