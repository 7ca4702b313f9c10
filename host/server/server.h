// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/source_memory.h"
#include "server/worker.h"

namespace radhost {

/// The running program: runs the workers, and ends when it is told to. Runs on the main thread.
class Server {
 public:
  Server(const Assembly& assembly, Ports ports, Log& log);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Serves until SIGTERM or SIGINT; a second one ends the process at once. Gives the reason when it cannot serve;
  /// empty when it did.
  std::string run();

  /// Is a thread still inside of a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return has_abandoned_; }

  /// What all workers counted, as one line of JSON: {"listeners": …, "clients": …, "discards": …}.
  std::string counters_json() const;

 private:
  std::string start_workers();
  void reopen();
  void stop_workers();
  std::vector<const WorkerCounters*> worker_counters() const;

  const Assembly& assembly_;
  Ports ports_;
  Log& log_;
  SourcePolicy sources_;
  SourceMemory source_memory_;
  std::unique_ptr<Conversations> conversations_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool has_abandoned_ = false;
};

}  // namespace radhost
