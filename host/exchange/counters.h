// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/counter.h"
#include "base/duration_histogram.h"
#include "base/lazy_array.h"
#include "exchange/home_server_counters.h"
#include "net/stream_end.h"
#include "packet/code.h"
#include "packet/discard.h"

namespace radhost {

/// What becomes of a request in the words of RFC 4669, RFC 4671 and RFC 4673: each one moves `requests`, and in the end
/// exactly one of the others. What is in between is pending.
struct KindCounters {
  Counter requests;
  Counter duplicates;
  Counter malformed;
  Counter bad_authenticators;
  Counter dropped;
  Counter no_records;     ///< of Accounting-Requests alone: not recorded, so not answered
  Counter unknown_types;  ///< a Code that is not served here
  Counter positive;       ///< Access-Accept, Accounting-Response, ACK
  Counter negative;       ///< Access-Reject, NAK
  Counter challenges;
  // Of CoA and Disconnect alone, within the counters above.
  Counter authorize_only;
  Counter naks_authorize_only;
  Counter naks_no_session;

  uint64_t ended() const;
  uint64_t pending() const { return requests.value() - ended(); }
};

/// RFC 5997 §4.6.1: Status-Server moves no counter but these.
struct StatusCounters {
  Counter requests;
  Counter replies;
  Counter dropped;
};

/// What one worker counted for one listener or client; written by its thread alone, and good as zeros.
struct Counters {
  Counter requests;  ///< all datagrams
  Counter replies;   ///< all that were sent, repeated ones and those to Status-Server too
  // From unknown sources, by family: no kind's counter moves (RFC 4669).
  Counter invalid_requests_ipv4;
  Counter invalid_requests_ipv6;
  std::array<KindCounters, request_kind_count> kinds;
  StatusCounters status;
  std::array<Counter, discard_count> discards;
  Counter attributes_left_out;  ///< of replies that may not carry them
  Counter in_flight;            ///< a gauge: requests in the hands of handlers
  Counter kernel_drops;         ///< datagrams that the system had no room for

  KindCounters& kind(RequestKind kind) { return kinds[static_cast<size_t>(kind)]; }
};

/// Which of the MIBs' counters a discarded request moves.
Counter& counter_of(KindCounters& kind, Discard reason, RequestKind request_kind);

/// What one worker counted of a listener's connections.
struct ConnectionCounters {
  Counter opened;  ///< all that came, those too that were refused
  std::array<Counter, stream_end_count> ended;
};

/// One worker's counters, by the index of listeners, clients and home servers.
struct WorkerCounters {
  WorkerCounters(size_t listener_count, size_t client_count, size_t home_server_count)
      : listeners(listener_count),
        clients(client_count),
        handling(listener_count),
        connections(listener_count),
        home_servers(home_server_count) {}

  LazyArray<Counters> listeners;
  LazyArray<Counters> clients;            ///< only those that were heard of take memory
  LazyArray<DurationHistogram> handling;  ///< of listeners: from a request's arrival to its answer
  LazyArray<ConnectionCounters> connections;  ///< of listeners
  LazyArray<HomeServerCounters> home_servers;
};

}  // namespace radhost
