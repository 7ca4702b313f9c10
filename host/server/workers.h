// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "server/watchdog.h"
#include "server/worker.h"

namespace radhost {

/// The workers, and the instances that they call: started together, stopped together. The main thread.
class Workers {
 public:
  /// All of them outlive it. `witness`: who looks on at each request, on all workers' threads; nullptr for nobody.
  Workers(const Assembly& assembly, SourcePolicy& sources, Log& log, RequestWitness* witness = nullptr);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { stop(); }

  /// Starts the instances, then a worker for each element of `ports`, which serves these. Gives the reason when one of
  /// them cannot; then stop() ends what was started.
  std::string start(std::vector<std::vector<Port>> ports);
  void stop();

  /// Has the instances open anew what they write to.
  void reopen();

  /// Is a thread still inside of a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return has_abandoned_ || assembly_.lifecycle().has_abandoned(); }

  Worker& first() { return *workers_.front(); }
  std::vector<const WorkerCounters*> counters() const;

 private:
  std::string start_instances(size_t workers);
  std::string start_workers(std::vector<std::vector<Port>> ports);
  void stop_instance(const std::shared_ptr<Instance>& instance);
  std::string run_step(const std::shared_ptr<Instance>& instance, LifecycleThread::Step step, uint32_t patience_ms,
                       std::function<void()> job);

  const Assembly& assembly_;
  SourcePolicy& sources_;
  Log& log_;
  RequestWitness* witness_;
  std::unique_ptr<Conversations> conversations_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Watchdog> watchdog_;
  bool has_abandoned_ = false;
};

}  // namespace radhost
