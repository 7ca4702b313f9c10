// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "server/watchdog.h"
#include "server/worker.h"

namespace radhost {

/// The workers, and the instances that they call: started together, stopped together, and changed while they serve. The
/// main thread.
class Workers {
 public:
  /// `assembly`: what is served at first. `witness`: who looks on at each request, on all workers' threads; nullptr for
  /// nobody.
  Workers(std::shared_ptr<const Assembly> assembly, Modules& modules, RequestWitness* witness = nullptr);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { stop(); }

  /// Starts the instances, then a worker for each element of `ports`. Gives the reason when one of them cannot; then
  /// stop() ends what was started.
  std::string start(std::vector<WorkerPorts> ports);
  /// They serve from now on. `inheritances`: by worker; empty where there is nothing to inherit. What is inherited is not
  /// received from before Worker::resume_receiving().
  std::string serve(std::vector<Inheritance> inheritances = {});
  void stop();
  /// Begins to stop, and waits until nothing is in hand any more. Who listens to another process goes on with that.
  void drain();

  /// Has the instances open anew what they write to.
  void reopen();

  /// Is a thread still inside of a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return modules_.has_abandoned(); }

  /// What is served now. Any thread.
  std::shared_ptr<const Assembly> assembly() const;

  Worker& first() { return *workers_.front(); }
  /// By worker.
  const std::vector<const WorkerCounters*>& counters() const { return counters_; }

  // While they serve.

  /// Starts an instance, and its threads on all workers. Gives the reason when it cannot serve; what has begun then, is
  /// the caller's to end.
  std::string start_instance(const std::shared_ptr<Instance>& instance);

  /// Has all workers end what the instance has on their threads, and does not wait for them: so many have yet to do it.
  /// It outlives that.
  std::shared_ptr<const std::atomic<size_t>> stop_threads(Instance& instance);

  /// All workers go over to another assembly, each between two callbacks: what is under way goes on in the one that it
  /// began with. There is no way back from here. `opened`: by worker, the sockets of addresses that it has and the one
  /// before had not. `recheck`: as
  /// for Worker::publish. Names those that have not done so in time: they do later.
  std::string publish(std::shared_ptr<const Assembly> assembly, std::vector<WorkerPorts> opened = {},
                      bool recheck = false);

  /// Has all workers close addresses that are nobody's any more, once they have answered what came to them (Worker::
  /// close), and does not wait for them: so many have yet to do it.
  std::shared_ptr<const std::atomic<size_t>> close(const std::vector<Endpoint>& addresses);

  /// Has all workers show that they turn, and does not wait for them: so many have yet to do it. Any thread.
  std::shared_ptr<const std::atomic<size_t>> knock();

  /// Requests that hold this version of a listener wait for their handlers no longer.
  void expire_requests(std::shared_ptr<const Listener> version);

  /// Has something done on all workers' threads, and waits for it. Gives the reason when one does not come to it in time;
  /// it will not do it later either. Any thread.
  std::string on_each(std::function<void(Worker&)> job);
  /// The same, but who is late does it later. Any thread.
  std::string on_each_in_the_end(std::function<void(Worker&)> job);

 private:
  /// What one worker says of what it is asked: nothing yet, or why it cannot be. `is_late`: nobody waits any more.
  using Task = std::function<std::optional<std::string>(Worker&, bool is_late)>;
  struct Errand;
  std::string on_all(uint32_t patience_ms, Task task);
  std::string start_instances();
  std::string start_workers(std::vector<WorkerPorts> ports);

  Modules& modules_;
  RequestWitness* witness_;
  mutable std::mutex assembly_mutex_;
  std::shared_ptr<const Assembly> assembly_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<const WorkerCounters*> counters_;
  std::unique_ptr<Watchdog> watchdog_;
  bool has_stopped_ = false;
};

}  // namespace radhost
