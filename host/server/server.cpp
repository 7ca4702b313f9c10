// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/version.h"
#include "control/control_plane.h"
#include "server/server_controls.h"
#include "server/signals.h"
#include "server/statistics.h"

namespace radhost {

Server::Server(const Assembly& assembly, Ports ports, const DigestLibrary& digests, Log& log)
    : assembly_(assembly), ports_(std::move(ports)), digests_(digests), log_(log) {}

Server::~Server() { stop_workers(); }

std::string Server::run() {
  Signals signals({[this] { log_.warn("reload is not built yet; nothing has changed"); }, [this] { reopen(); }});
  log_.info("starting", {{"version", program_version}, {"pid", static_cast<uint64_t>(getpid())}});
  note_what_is_not_built();
  if (std::string reason = start_workers(); !reason.empty()) return reason;
  ServerControls controls({assembly_, ports_.addresses, worker_counters(), log_, [&signals] { signals.end(); }});
  ControlPlane control_plane(std::move(ports_.control), controls);
  log_.info("ready");
  signals.wait();
  controls.begin_draining();
  stop_workers();
  log_.info("stopped");
  return {};
}

void Server::note_what_is_not_built() const {
  std::string missing =
      "duplicate detection, reject delay, Status-Server, Event-Timestamp window, handler timeouts, bounds on what is "
      "in "
      "flight";
  log_.warn("this version does not have yet", {{"what", missing}});
  for (const ClientConfig& client : assembly_.config().clients) {
    if (client.require_message_authenticator == RequireMessageAuthenticator::Auto)
      log_.warn(
          "require_message_authenticator = \"auto\" works as false yet; set it to true where all devices send one",
          {{"client", client.name}});
    if (client.limit_proxy_state == LimitProxyState::Auto)
      log_.warn(
          "limit_proxy_state = \"auto\" works as false yet; set it to true where proxies send Message-Authenticator",
          {{"client", client.name}});
  }
}

std::string Server::start_workers() {
  for (const std::shared_ptr<Instance>& instance : assembly_.instances()) {
    instance->expect_workers(ports_.by_worker.size());
    if (std::string reason = instance->start(); !reason.empty()) return reason;
  }
  for (size_t number = 0; number < ports_.by_worker.size(); ++number) {
    workers_.push_back(std::make_unique<Worker>(Worker::Parts{number, assembly_, digests_, log_},
                                                std::move(ports_.by_worker[number])));
    if (std::string reason = workers_.back()->start(); !reason.empty()) return reason;
  }
  return {};
}

void Server::stop_workers() {
  for (const std::unique_ptr<Worker>& worker : workers_) worker->stop();
  for (const std::shared_ptr<Instance>& instance : assembly_.instances()) instance->stop();
}

void Server::reopen() {
  log_.reopen();
  for (const std::shared_ptr<Instance>& instance : assembly_.instances()) instance->reopen();
  log_.info("log files reopened");
}

std::vector<const WorkerCounters*> Server::worker_counters() const {
  std::vector<const WorkerCounters*> counters;
  for (const std::unique_ptr<Worker>& worker : workers_) counters.push_back(&worker->counters());
  return counters;
}

std::string Server::counters_json() const { return statistics_json(assembly_.config(), worker_counters()).dump(); }

}  // namespace radhost
