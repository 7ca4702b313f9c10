// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "config/config.h"
#include "exchange/counters.h"

namespace radhost {

/// The numbers of `Counters`, of one worker or the sum of several. A reader takes each of them at its own moment, so
/// sums may be off by what happened meanwhile.
class Statistics {
 public:
  /// Sums of all workers' counters, by listener and by client as in `config`.
  Statistics(const Config& config, std::span<const WorkerCounters* const> workers);

  /// {"listeners": {NAME: …}, "clients": {NAME: …}, "discards": {REASON: n}}: what `radhost stats` shows. Clients that
  /// nothing was heard of are left out.
  nlohmann::ordered_json to_json() const;

 private:
  nlohmann::ordered_json listener_json(size_t index) const;
  bool was_heard_of(size_t client) const;
  nlohmann::ordered_json client_json(size_t index) const;

  const Config& config_;
  std::span<const WorkerCounters* const> workers_;
};

}  // namespace radhost
