// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "base/counter.h"
#include "base/per_worker.h"
#include "exchange/client_table.h"
#include "exchange/tls_clients.h"
#include "plugin/chain_version.h"

namespace radhost {

/// What workers share of a listener, by its name (Records).
struct ListenerRecord {
  ListenerRecord(std::string of, size_t number) : name(std::move(of)), index(number) {}

  const std::string name;
  const size_t index;                  ///< counters are kept by it
  std::atomic<uint32_t> in_flight{0};    ///< requests that handlers will answer later
  std::atomic<uint32_t> connections{0};  ///< that are open, and so the next
  std::atomic<uint32_t> handshakes{0};   ///< those of them that have yet to prove who they are
};

/// What the pipeline must know of a [[listener]]: who may ask, what, and who answers. A version of it, which another
/// one may follow at any time: requests keep the one that they began with. Immutable; shared by all workers.
struct Listener {
  Listener(ListenerRecord& of, size_t workers) : record(of), name(of.name), index(of.index), in_hand(workers) {}

  ListenerRecord& record;
  const std::string& name;
  size_t index;
  std::array<bool, request_kind_count> accepts{};
  RequestKind main_kind = RequestKind::Access;  ///< the first it accepts: what is no request here counts there
  std::array<std::shared_ptr<const ChainVersion>, request_kind_count> chains;
  Transport transport = Transport::Udp;
  std::shared_ptr<const ClientTable> clients;  ///< by address; over TLS nobody is known by that alone
  std::shared_ptr<const Dictionary> dictionary;  ///< that its handlers know

  bool status_server = true;
  uint32_t max_in_flight = 0;
  uint64_t reject_delay_ns = 0;
  uint32_t event_timestamp_window_s = 0;
  bool require_event_timestamp = false;
  DuplicatesConfig duplicates;

  // Over TCP and TLS.

  StreamConfig stream;
  uint32_t handshake_timeout_ms = 0;
  uint32_t max_handshakes = 0;
  std::unique_ptr<RateLimit> new_connections;  ///< null: as many as come
  std::shared_ptr<const TlsContext> tls;       ///< over TLS alone, and so the next
  std::shared_ptr<const TlsClients> tls_clients;

  PerWorker<Counter> in_hand;  ///< gauges: the requests that hold this version, on each worker

  bool accepts_kind(RequestKind kind) const { return accepts[static_cast<size_t>(kind)]; }
  const ChainVersion& chain(RequestKind kind) const { return *chains[static_cast<size_t>(kind)]; }
};

}  // namespace radhost
