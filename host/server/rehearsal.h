// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/memory_exchange.h"
#include "server/workers.h"

namespace radhost {

/// Serves the first listener of a configuration without a network: one worker, which is given its requests from memory.
/// The main thread.
class Rehearsal {
 public:
  Rehearsal(std::shared_ptr<const Assembly> assembly, Modules& modules) : workers_(std::move(assembly), modules) {}
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
  Workers workers_;
  std::unique_ptr<MemoryExchange> exchange_;  // the worker's; its slots end before the worker does
};

}  // namespace radhost
