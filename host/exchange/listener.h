// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "exchange/client_table.h"
#include "plugin/chain_version.h"

namespace radhost {

/// What the pipeline must know of a [[listener]]: who may ask, what, and who answers. Immutable but for its gauge;
/// shared by all workers.
struct Listener {
  std::string name;
  size_t index = 0;  ///< in the configuration; counters are kept by it
  std::array<bool, request_kind_count> accepts{};
  RequestKind main_kind = RequestKind::Access;  ///< the first it accepts: what is no request here counts there
  std::array<std::shared_ptr<const ChainVersion>, request_kind_count> chains;
  ClientTable clients;

  bool status_server = true;
  uint32_t max_in_flight = 0;
  uint64_t reject_delay_ns = 0;
  uint32_t event_timestamp_window_s = 0;
  bool require_event_timestamp = false;
  DuplicatesConfig duplicates;

  mutable std::atomic<uint32_t> in_flight{0};  ///< requests that handlers will answer later

  bool accepts_kind(RequestKind kind) const { return accepts[static_cast<size_t>(kind)]; }
  const ChainVersion& chain(RequestKind kind) const { return *chains[static_cast<size_t>(kind)]; }
};

}  // namespace radhost
