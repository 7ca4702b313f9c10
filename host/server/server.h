// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/file_state.h"
#include "server/handover.h"
#include "server/ports.h"
#include "server/reloads.h"
#include "server/memory_trim.h"
#include "server/source_memory.h"
#include "server/takeover.h"
#include "server/tracer.h"

namespace radhost {

class MainLoop;

/// The running program: runs the workers, and ends when it is told to. Runs on the main thread.
class Server {
 public:
  /// A file, and how it was when it was read. Without a path: none.
  struct Watched {
    std::string path;
    FileState known;
  };
  struct Parts {
    Modules& modules;
    Ports ports;
    Reloads::Load load = nullptr;       ///< reads its configuration anew; none where there is no file
    RequestWitness* witness = nullptr;  ///< who looks on at each request, on all workers' threads; nullptr for nobody
    Watched watched = {};               ///< a file whose change is reason for a reload
    std::unique_ptr<Takeover> takeover = nullptr;  ///< from a running server; null for none
    std::vector<std::string> successor = {};       ///< arguments of a process that takes over; none where none can
  };
  /// `assembly`: what is served at first, at `ports`.
  Server(const std::shared_ptr<Assembly>& assembly, Parts parts);
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
  void reload(const Handover& handover);
  void reopen();
  Handover::Parts handover_parts(MainLoop& loop, std::optional<ControlPlane>& control_plane);
  void follow_predecessor(MainLoop& loop);
  void forget_predecessor(const std::vector<RecordsByAddress>& records);
  uint64_t tick();

  Modules& modules_;
  Log& log_;
  ControlPorts control_ports_;
  std::vector<WorkerPorts> ports_;  // by worker, until they serve
  SourceMemory source_memory_;
  MemoryTrim memory_trim_;
  uint64_t saved_ns_ = 0;
  Tracer tracer_;
  const Watched watched_;
  const std::vector<std::string> successor_arguments_;
  std::unique_ptr<Takeover> takeover_;  // until the server that this one takes over from is gone
  std::atomic<int> predecessor_{0};     // its process; 0 for none
  const ServiceManager service_manager_;  // that started this process, or one that was taken over from
  bool is_handed_over_ = false;         // another server has taken over
  uint64_t traced_ns_ = 0;  // when followers were looked after
  Workers workers_;
  Retirement retirement_;
  Swaps swaps_;
  Reloads reloads_;
  std::vector<std::shared_ptr<Instance>> retired_;  // in the end
};

}  // namespace radhost
