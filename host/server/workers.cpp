// SPDX-License-Identifier: Apache-2.0
#include "server/workers.h"

namespace radhost {
namespace {

/// Octets of handlers' notes that may be kept between rounds.
constexpr size_t conversation_octets = size_t{64} << 20;

std::unique_ptr<Conversations> make_conversations(const ServerConfig& config) {
  Conversations::Limits limits;
  limits.conversations = config.max_conversations;
  limits.per_client = config.max_conversations_per_client;
  limits.octets = conversation_octets;
  limits.timeout_ns = uint64_t{config.conversation_timeout_ms} * 1000000;
  return std::make_unique<Conversations>(limits);
}

}  // namespace

Workers::Workers(const Assembly& assembly, SourcePolicy& sources, Log& log, RequestWitness* witness)
    : assembly_(assembly),
      sources_(sources),
      log_(log),
      witness_(witness),
      conversations_(make_conversations(assembly.config().server)) {}

std::string Workers::start(std::vector<std::vector<Port>> ports) {
  if (std::string reason = start_instances(ports.size()); !reason.empty()) return reason;
  if (std::string reason = start_workers(std::move(ports)); !reason.empty()) return reason;
  watchdog_ = std::make_unique<Watchdog>(assembly_, log_);
  return {};
}

/// All are told to start before the first is waited for: what they connect to is connected to at once.
std::string Workers::start_instances(size_t workers) {
  for (const std::shared_ptr<Instance>& instance : assembly_.instances()) {
    instance->expect_workers(workers);
    auto refused = std::make_shared<std::string>();
    std::string reason = run_step(instance, LifecycleThread::Step::Start, instance->start_timeout_ms(),
                                  [instance, refused] { *refused = instance->start(); });
    if (!reason.empty()) return reason;
    if (!refused->empty()) return *refused;
  }
  for (const std::shared_ptr<Instance>& instance : assembly_.instances())
    if (std::string reason = instance->await_start(); !reason.empty()) return reason;
  return {};
}

/// No port is served before all workers can.
std::string Workers::start_workers(std::vector<std::vector<Port>> ports) {
  for (size_t number = 0; number < ports.size(); ++number) {
    Worker::Parts parts{number, ports.size(), assembly_, *conversations_, sources_, log_, witness_};
    workers_.push_back(std::make_unique<Worker>(parts, std::move(ports[number])));
    workers_.back()->begin_start();
  }
  std::string refused;
  for (const std::unique_ptr<Worker>& worker : workers_)
    if (std::string reason = worker->await_start(); refused.empty()) refused = std::move(reason);
  for (const std::unique_ptr<Worker>& worker : workers_)
    if (refused.empty()) refused = worker->serve();
  return refused;
}

void Workers::stop() {
  for (const std::unique_ptr<Worker>& worker : workers_) worker->begin_stop();
  for (const std::unique_ptr<Worker>& worker : workers_) worker->stop();
  watchdog_.reset();
  for (const std::shared_ptr<Instance>& instance : assembly_.instances())
    if (!instance->is_abandoned()) stop_instance(instance);
}

void Workers::stop_instance(const std::shared_ptr<Instance>& instance) {
  auto came_back = std::make_shared<bool>(false);
  std::string reason = run_step(instance, LifecycleThread::Step::Stop, assembly_.config().server.drain_timeout_ms,
                                [instance, came_back] { *came_back = instance->stop(); });
  if (!reason.empty()) {
    log_.error(reason);
  } else if (!*came_back) {
    instance->abandon();
    has_abandoned_ = true;
    log_.error("a call does not come back; its thread is abandoned", {{"plugin", instance->name()}});
  }
}

/// Gives the reason when it does not return.
std::string Workers::run_step(const std::shared_ptr<Instance>& instance, LifecycleThread::Step step,
                              uint32_t patience_ms, std::function<void()> job) {
  std::string reason = assembly_.lifecycle().run({instance->name(), step, patience_ms}, std::move(job));
  if (!reason.empty()) instance->abandon();
  return reason;
}

void Workers::reopen() {
  for (const std::shared_ptr<Instance>& instance : assembly_.instances()) {
    if (instance->is_abandoned()) continue;
    std::string reason = run_step(instance, LifecycleThread::Step::Reopen, instance->start_timeout_ms(),
                                  [instance] { instance->reopen(); });
    if (!reason.empty()) log_.error(reason);
  }
}

std::vector<const WorkerCounters*> Workers::counters() const {
  std::vector<const WorkerCounters*> counters;
  for (const std::unique_ptr<Worker>& worker : workers_) counters.push_back(&worker->counters());
  return counters;
}

}  // namespace radhost
