// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <set>

#include "server/plugin_totals.h"
#include "server/workers.h"

namespace radhost {

/// Instances that others took the place of: each serves what began with it, until nothing holds it any more, and is
/// then stopped, ended and unloaded. What takes longer than [server] drain_timeout_ms is cut short; what does not let
/// go even then stays, as a zombie. The main thread.
class Retirement {
 public:
  Retirement(Modules& modules, Workers& workers) : modules_(modules), workers_(workers) {}
  Retirement(const Retirement&) = delete;
  Retirement& operator=(const Retirement&) = delete;

  /// May more come? Else the reason, which names who is in the way.
  std::string refusal() const;

  /// Waits for a while until more may come; then the same.
  std::string make_room();

  /// `versions`: those of listeners in which it served, or was to.
  void retire(std::shared_ptr<Instance> instance, std::vector<std::shared_ptr<const Listener>> versions);

  /// Those of `before` that `after` does not have.
  void retire_missing(const Assembly& before, const Assembly& after);

  /// Ends those that can be ended now. True while there are others that will be.
  bool look();

  /// The process's end, when workers have ended: stops those that are left, and gives them away.
  std::vector<std::shared_ptr<Instance>> stop();

  enum class State : uint8_t {
    Draining,
    Zombie,   ///< it cannot be ended
    Resident  ///< it has ended, but for its code, which can never leave the process
  };
  struct Status {
    std::string name;
    std::vector<std::string> listeners;  ///< in which it served
    ModuleNote note;
    std::string sha256;
    uint64_t generation = 0;
    State state = State::Draining;
    uint64_t requests = 0;
    std::vector<std::string> blocked_by;
  };
  /// As they were at the last look. Any thread.
  std::vector<Status> status() const;

  /// Instances that live: those that serve, and those that are not ended; and what was counted of their plugins, of
  /// those that have ended too.
  struct Counted {
    std::vector<std::shared_ptr<Instance>> instances;
    TotalsByPlugin totals;
  };
  /// `serving`: the instances of what is served. Any thread.
  Counted count(const std::vector<std::shared_ptr<Instance>>& serving) const;

 private:
  struct Retired {
    std::shared_ptr<Instance> instance;                     ///< null once it is ending
    std::vector<std::weak_ptr<const Listener>> versions;    // which requests hold
    std::vector<std::weak_ptr<const ChainVersion>> chains;  // which conversations hold
    uint64_t until_ns = 0;
    bool is_cut = false;
    Status status;

    // Once nothing holds it any more: it is ours alone, and workers have yet to end what it has on their threads.
    std::shared_ptr<Instance> ending;
    std::shared_ptr<const std::atomic<size_t>> workers_left;
  };
  void note_holders(Retired& retired);
  bool take_free(Retired& retired);
  void cut(Retired& retired);
  bool end(Retired& retired);
  void note_end(Status status, Modules::Ended ended);
  void be_zombie(Retired& retired, std::string why);
  uint32_t patience_ms() const { return workers_.assembly()->config().server.drain_timeout_ms; }

  Modules& modules_;
  Workers& workers_;
  mutable std::mutex mutex_;  // of what other threads read
  std::vector<Retired> retired_;
  TotalsByPlugin ended_;
  std::vector<Status> left_;  // of those that have ended
};

}  // namespace radhost
