// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/source_memory.h"
#include "server/swaps.h"

namespace radhost {

/// The running program: runs the workers, and ends when it is told to. Runs on the main thread.
class Server {
 public:
  /// `witness`: who looks on at each request, on all workers' threads; nullptr for nobody.
  Server(std::shared_ptr<const Assembly> assembly, Modules& modules, Ports ports, RequestWitness* witness = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves until SIGTERM or SIGINT; a second one ends the process at once. Gives the reason when it cannot serve;
  /// empty when it did.
  std::string run();

  /// Ends what run() has started, where it gave a reason.
  void stop();

  /// Is a thread still inside of a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return workers_.has_abandoned(); }

  /// The instances that there are in the end, stopped: to be ended when the server is gone.
  std::vector<std::shared_ptr<Instance>> take_instances();

  /// What all workers counted, as one line of JSON: {"listeners": …, "clients": …, "discards": …}.
  std::string counters_json() const;

 private:
  std::string serve();
  void reopen();
  uint64_t tick();

  Modules& modules_;
  Log& log_;
  Ports ports_;
  SourceMemory source_memory_;
  uint64_t saved_ns_ = 0;
  Workers workers_;
  Retirement retirement_;
  Swaps swaps_;
  std::vector<std::shared_ptr<Instance>> retired_;  // in the end
};

}  // namespace radhost
