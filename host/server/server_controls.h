// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "control/controls.h"
#include "exchange/counters.h"
#include "server/handover.h"
#include "server/reloads.h"
#include "server/successor.h"
#include "server/tracer.h"

namespace radhost {

/// What the control plane can ask of the running server: reads what the workers count, and passes on what it is told.
class ServerControls final : public Controls {
 public:
  /// All of it outlives this.
  struct Parts {
    const Workers& serving;
    std::vector<const WorkerCounters*> workers;
    const Foundation& foundation;
    Swaps& swaps;
    Reloads& reloads;
    const Retirement& retirement;
    Tracer& tracer;
    Handover& handover;
    Successor& successor;
    const std::atomic<int>& predecessor;  ///< the process that is taken over from, and is not gone yet; 0 for none
    std::function<void(std::function<void()>)> post;  ///< has a job done on the main thread; from any thread
    std::function<void()> end;                        ///< makes the server end; may be called from any thread
  };
  explicit ServerControls(Parts parts);

  std::string status() override;
  std::string clients() override;
  std::string stats() override;
  void collect(Exposition& metrics) override;
  Outcome reload(const ReloadOptions& options) override;
  Outcome swap(const std::string& target, const std::string& file) override;
  Outcome rollback(const std::string& target) override;
  std::shared_ptr<HttpStream> trace(const TraceFilter& filter, std::string& error) override;
  std::string why_not_taken_over() override;
  void be_taken_over(Descriptor socket) override { parts_.handover.begin(std::move(socket)); }
  void set_log_level(LogLevel level) override;
  void drain() override;

  /// The server ends, for whatever reason: status says so from now on.
  void begin_draining() { is_draining_ = true; }

 private:
  Outcome change(std::function<Outcome()> change);
  Outcome upgrade();

  Parts parts_;
  int64_t started_us_;   // wall clock
  uint64_t started_ns_;  // monotonic
  std::atomic<bool> is_draining_ = false;
};

}  // namespace radhost
