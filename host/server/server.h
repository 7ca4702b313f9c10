// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "server/source_memory.h"
#include "server/watchdog.h"
#include "server/worker.h"

namespace radhost {

/// The running program: runs the workers, and ends when it is told to. Runs on the main thread.
class Server {
 public:
  /// `witness`: who looks on at each request, on all workers' threads; nullptr for nobody.
  Server(const Assembly& assembly, Ports ports, Log& log, RequestWitness* witness = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Serves until SIGTERM or SIGINT; a second one ends the process at once. Gives the reason when it cannot serve;
  /// empty when it did.
  std::string run();

  /// Ends what run() has started, where it gave a reason.
  void stop() { stop_workers(); }

  /// Is a thread still inside of a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return has_abandoned_ || assembly_.lifecycle().has_abandoned(); }

  /// What all workers counted, as one line of JSON: {"listeners": …, "clients": …, "discards": …}.
  std::string counters_json() const;

 private:
  std::string start_instances();
  std::string start_workers();
  void reopen();
  std::string run_step(const std::shared_ptr<Instance>& instance, LifecycleThread::Step step, uint32_t patience_ms,
                       std::function<void()> job);
  void stop_workers();
  void stop_instance(const std::shared_ptr<Instance>& instance);
  std::vector<const WorkerCounters*> worker_counters() const;

  const Assembly& assembly_;
  Ports ports_;
  Log& log_;
  RequestWitness* witness_;
  SourcePolicy sources_;
  SourceMemory source_memory_;
  std::unique_ptr<Conversations> conversations_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Watchdog> watchdog_;
  bool has_abandoned_ = false;
};

}  // namespace radhost
