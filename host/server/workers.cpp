// SPDX-License-Identifier: Apache-2.0
#include "server/workers.h"

#include <condition_variable>

#include "base/clock.h"

namespace radhost {
namespace {

/// Between two callbacks a worker is soon; but for handlers that hold it.
constexpr uint32_t worker_patience_ms = 5000;

}  // namespace

/// What all workers are asked to do, while the main thread waits.
struct Workers::Errand {
  Errand(size_t workers, Task of) : outcomes(workers), left(workers), task(std::move(of)) {}

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::optional<std::string>> outcomes;  // by worker
  size_t left;                                       // workers that have not said anything
  bool is_late = false;
  Task task;  // what it holds is let go when the last one is done

  /// On a worker's thread. True when it is done there.
  bool run(Worker& worker) {
    std::unique_lock lock(mutex);
    bool late = is_late;
    lock.unlock();
    std::optional<std::string> outcome = task(worker, late);
    if (!outcome) return false;
    lock.lock();
    outcomes[worker.number()] = std::move(outcome);
    if (--left == 0) task = nullptr;
    changed.notify_all();
    return true;
  }
  std::string who_is_missing(uint32_t patience_ms) const {
    std::string numbers;
    for (size_t i = 0; i < outcomes.size(); ++i)
      if (!outcomes[i]) numbers += (numbers.empty() ? "" : ", ") + std::to_string(i);
    return "worker " + numbers + " has not come to it within " + std::to_string(patience_ms) +
           " ms: a handler holds it";
  }
};

Workers::Workers(std::shared_ptr<const Assembly> assembly, Modules& modules, RequestWitness* witness)
    : modules_(modules), witness_(witness), assembly_(std::move(assembly)) {}

std::shared_ptr<const Assembly> Workers::assembly() const {
  std::lock_guard lock(assembly_mutex_);
  return assembly_;
}

std::string Workers::start(std::vector<WorkerPorts> ports) {
  for (const std::shared_ptr<Instance>& instance : assembly_->instances()) instance->expect_workers(ports.size());
  if (std::string reason = start_instances(); !reason.empty()) return reason;
  return start_workers(std::move(ports));
}

/// All are told to start before the first is waited for: what they connect to is connected to at once.
std::string Workers::start_instances() {
  for (const std::shared_ptr<Instance>& instance : assembly_->instances())
    if (std::string reason = modules_.start(instance); !reason.empty()) return reason;
  for (const std::shared_ptr<Instance>& instance : assembly_->instances())
    if (std::string reason = instance->await_start(); !reason.empty()) return reason;
  return {};
}

/// No port is served before all workers have started.
std::string Workers::start_workers(std::vector<WorkerPorts> ports) {
  for (size_t number = 0; number < ports.size(); ++number) {
    Worker::Parts parts{number, ports.size(), modules_.foundation(), witness_};
    workers_.push_back(std::make_unique<Worker>(parts, assembly_, std::move(ports[number])));
    counters_.push_back(&workers_.back()->counters());
    workers_.back()->begin_start();
  }
  std::string refused;
  for (const std::unique_ptr<Worker>& worker : workers_)
    if (std::string reason = worker->await_start(); refused.empty()) refused = std::move(reason);
  return refused;
}

std::string Workers::serve(std::vector<Inheritance> inheritances) {
  inheritances.resize(workers_.size());
  for (size_t number = 0; number < workers_.size(); ++number)
    if (std::string reason = workers_[number]->serve(std::move(inheritances[number])); !reason.empty()) return reason;
  watchdog_ = std::make_unique<Watchdog>([this] { return assembly(); }, modules_.foundation().log);
  return {};
}

void Workers::stop() {
  if (std::exchange(has_stopped_, true)) return;
  for (const std::unique_ptr<Worker>& worker : workers_) worker->begin_stop();
  for (const std::unique_ptr<Worker>& worker : workers_) worker->stop();
  watchdog_.reset();
  modules_.foundation().conversations.clear();
  for (const std::shared_ptr<Instance>& instance : assembly_->instances())
    if (modules_.stop(instance, assembly_->config().server.drain_timeout_ms)) instance->name_left_requests();
}

void Workers::drain() {
  for (const std::unique_ptr<Worker>& worker : workers_) worker->begin_stop();
  auto has_drained = [](Worker& worker, bool is_late) {
    return worker.has_drained() || is_late ? std::optional(std::string()) : std::nullopt;
  };
  // Who does not come to an end even then is given up by stop().
  static_cast<void>(on_all(assembly_->config().server.drain_timeout_ms + worker_patience_ms, has_drained));
}

void Workers::reopen() {
  for (const std::shared_ptr<Instance>& instance : assembly_->instances()) modules_.reopen(instance);
}

std::string Workers::on_all(uint32_t patience_ms, Task task) {
  auto errand = std::make_shared<Errand>(workers_.size(), std::move(task));
  for (const std::unique_ptr<Worker>& worker : workers_)
    worker->run_on_thread([errand](Worker& self) { return errand->run(self); });
  std::unique_lock lock(errand->mutex);
  errand->changed.wait_for(lock, std::chrono::milliseconds(patience_ms), [&] { return errand->left == 0; });
  errand->is_late = errand->left != 0;
  if (errand->is_late) return errand->who_is_missing(patience_ms);
  for (const std::optional<std::string>& outcome : errand->outcomes)
    if (!outcome->empty()) return *outcome;
  return {};
}

std::string Workers::start_instance(const std::shared_ptr<Instance>& instance) {
  instance->expect_workers(workers_.size());
  if (std::string reason = modules_.start(instance); !reason.empty()) return reason;
  if (std::string reason = instance->await_start(); !reason.empty()) return reason;
  uint64_t by_ns = monotonic_ns() + uint64_t{instance->start_timeout_ms()} * 1000000;
  // Who is late finds that it is wanted no more.
  auto has_begun = std::make_shared<std::vector<char>>(workers_.size());
  return on_all(instance->start_timeout_ms() + worker_patience_ms,
                [=](Worker& worker, bool is_late) -> std::optional<std::string> {
                  char& begun = (*has_begun)[worker.number()];
                  if (is_late) {
                    worker.stop_instance(*instance);
                    return std::string();
                  }
                  if (std::exchange(begun, 1) == 0)
                    if (std::string reason = worker.start_instance(*instance); !reason.empty()) return reason;
                  if (auto started = instance->worker_started(worker.number())) return started;
                  if (monotonic_ns() < by_ns) return std::nullopt;
                  return instance->not_started_in_time();
                });
}

std::shared_ptr<const std::atomic<size_t>> Workers::stop_threads(Instance& instance) {
  auto left = std::make_shared<std::atomic<size_t>>(workers_.size());
  for (const std::unique_ptr<Worker>& worker : workers_)
    worker->run_on_thread([left, &instance](Worker& self) {
      self.stop_instance(instance);
      left->fetch_sub(1, std::memory_order_release);
      return true;
    });
  return left;
}

std::string Workers::publish(std::shared_ptr<const Assembly> assembly, std::vector<WorkerPorts> opened,
                             bool recheck) {
  opened.resize(workers_.size());
  auto ports = std::make_shared<std::vector<WorkerPorts>>(std::move(opened));
  std::shared_ptr<const Assembly> before;  // ends here, and not on a worker
  {
    std::lock_guard lock(assembly_mutex_);
    before = std::exchange(assembly_, assembly);
  }
  return on_all(worker_patience_ms, [assembly, ports, recheck](Worker& worker, bool) -> std::optional<std::string> {
    try {
      worker.publish(assembly, std::move((*ports)[worker.number()]), recheck);
    } catch (const std::exception& error) {
      return error.what();
    }
    return std::string();
  });
}

std::shared_ptr<const std::atomic<size_t>> Workers::close(const std::vector<Endpoint>& addresses) {
  auto left = std::make_shared<std::atomic<size_t>>(workers_.size() * addresses.size());
  for (const std::unique_ptr<Worker>& worker : workers_)
    worker->run_on_thread([left, addresses](Worker& self) {
      self.close(addresses, left);
      return true;
    });
  return left;
}

std::shared_ptr<const std::atomic<size_t>> Workers::knock() {
  auto left = std::make_shared<std::atomic<size_t>>(workers_.size());
  for (const std::unique_ptr<Worker>& worker : workers_)
    worker->run_on_thread([left](Worker&) {
      left->fetch_sub(1, std::memory_order_release);
      return true;
    });
  return left;
}

std::string Workers::on_each(std::function<void(Worker&)> job) {
  return on_all(worker_patience_ms, [job = std::move(job)](Worker& worker, bool is_late) {
    if (!is_late) job(worker);
    return std::optional(std::string());
  });
}

std::string Workers::on_each_in_the_end(std::function<void(Worker&)> job) {
  return on_all(worker_patience_ms, [job = std::move(job)](Worker& worker, bool) {
    job(worker);
    return std::optional(std::string());
  });
}

void Workers::expire_requests(std::shared_ptr<const Listener> version) {
  for (const std::unique_ptr<Worker>& worker : workers_)
    worker->run_on_thread([version](Worker& self) {
      self.expire_requests(*version);
      return true;
    });
}

}  // namespace radhost
