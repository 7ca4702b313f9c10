// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/source_memory.h"
#include "server/workers.h"

namespace radhost {

/// The running program: runs the workers, and ends when it is told to. Runs on the main thread.
class Server {
 public:
  /// `witness`: who looks on at each request, on all workers' threads; nullptr for nobody.
  Server(const Assembly& assembly, Ports ports, Log& log, RequestWitness* witness = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves until SIGTERM or SIGINT; a second one ends the process at once. Gives the reason when it cannot serve;
  /// empty when it did.
  std::string run();

  /// Ends what run() has started, where it gave a reason.
  void stop() { workers_.stop(); }

  /// Is a thread still inside of a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return workers_.has_abandoned(); }

  /// What all workers counted, as one line of JSON: {"listeners": …, "clients": …, "discards": …}.
  std::string counters_json() const;

 private:
  void reopen();

  const Assembly& assembly_;
  Ports ports_;
  Log& log_;
  SourcePolicy sources_;
  SourceMemory source_memory_;
  Workers workers_;
};

}  // namespace radhost
