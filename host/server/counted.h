// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "exchange/counters.h"
#include "server/assembly.h"

namespace radhost {

/// A counter that is kept for each kind of request, and its name in statistics and metrics.
struct NamedCounter {
  std::string_view name;
  Counter KindCounters::*counter;
  std::string_view help = {};  ///< of those that are metrics
};

inline constexpr NamedCounter counters_of_all_kinds[] = {
    {"requests", &KindCounters::requests, "Requests received."},
    {"duplicates", &KindCounters::duplicates, "Requests that were received before."},
    {"malformed", &KindCounters::malformed, "Requests that are no well-formed packets."},
    {"bad_authenticators", &KindCounters::bad_authenticators, "Requests whose authenticators are wrong."},
    {"dropped", &KindCounters::dropped, "Requests dropped for any other reason."},
    {"unknown_types", &KindCounters::unknown_types, "Packets of a Code that is not served there."}};

/// A listener or client with its counters, a set of each worker. A sum reads each of them at its own moment, so it may
/// be off by what happened meanwhile.
struct Counted {
  std::string_view name;
  size_t index;                    ///< of the counters
  std::vector<RequestKind> kinds;  ///< those that a listener accepts, or that a client sent
  std::vector<const Counters*> counters;

  /// The sum of what `pick` names, which is a member or a function that gives a Counter.
  template <class Pick>
  uint64_t sum(Pick pick) const {
    uint64_t total = 0;
    for (const Counters* of : counters) total += std::invoke(pick, *of).value();
    return total;
  }
  uint64_t sum(RequestKind kind, Counter KindCounters::*counter) const {
    return sum([&](const Counters& of) -> const Counter& { return of.kinds[static_cast<size_t>(kind)].*counter; });
  }
  uint64_t discards(Discard reason) const {
    return sum([&](const Counters& of) -> const Counter& { return of.discards[static_cast<size_t>(reason)]; });
  }
  uint64_t status(Counter StatusCounters::*counter) const {
    return sum([&](const Counters& of) -> const Counter& { return of.status.*counter; });
  }
  /// Requests of this kind that were neither answered nor dropped yet.
  uint64_t pending(RequestKind kind) const;
};

/// All listeners, in the configuration's order.
std::vector<Counted> count_listeners(const Assembly& assembly, std::span<const WorkerCounters* const> workers);

/// Of a listener's connections, over all workers.
struct CountedConnections {
  std::string_view name;
  uint64_t open;
  uint64_t opened;
  std::array<uint64_t, stream_end_count> ended;
};
/// The listeners that take connections, in the configuration's order.
std::vector<CountedConnections> count_connections(const Assembly& assembly,
                                                  std::span<const WorkerCounters* const> workers);

/// The clients that something was heard of.
std::vector<Counted> count_clients(const Assembly& assembly, std::span<const WorkerCounters* const> workers);

}  // namespace radhost
