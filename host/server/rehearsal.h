// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/memory_exchange.h"
#include "server/workers.h"

namespace radhost {

/// Serves the first listener of a configuration without a network: one worker, which is given its requests from memory.
/// The main thread.
class Rehearsal {
 public:
  /// Both outlive it.
  Rehearsal(const Assembly& assembly, Log& log) : assembly_(assembly), workers_(assembly, sources_, log) {}
  Rehearsal(const Rehearsal&) = delete;
  Rehearsal& operator=(const Rehearsal&) = delete;
  ~Rehearsal() { stop(); }

  /// Gives the reason when it cannot serve; empty when it does.
  std::string start();

  /// Has a request dealt with, and waits for what becomes of it. Nothing when that took too long: then a handler holds
  /// the worker, and the process can only exit at once.
  std::optional<RequestOutcome> ask(Octets datagram, uint32_t patience_ms);

  void stop() { workers_.stop(); }
  bool has_abandoned() const { return workers_.has_abandoned(); }

 private:
  const Assembly& assembly_;
  SourcePolicy sources_;
  Workers workers_;
  std::unique_ptr<MemoryExchange> exchange_;  // the worker's; its slots end before the worker does
};

}  // namespace radhost
