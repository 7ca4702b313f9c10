// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/version.h"
#include "server/signals.h"

namespace radhost {
namespace {

nlohmann::ordered_json to_json(const Counters& counters) {
  nlohmann::ordered_json discards = nlohmann::ordered_json::object();
  for (size_t i = 0; i < discard_count; ++i)
    if (counters.discards[i] != 0) discards[std::string(discard_words[i])] = counters.discards[i];
  return {{"requests", counters.requests}, {"replies", counters.replies}, {"discards", discards}};
}

}  // namespace

Server::Server(const Assembly& assembly, Ports ports, const DigestLibrary& digests, Log& log)
    : assembly_(assembly), ports_(std::move(ports)), digests_(digests), log_(log) {}

Server::~Server() { stop_workers(); }

std::string Server::run() {
  Signals signals({[this] { log_.warn("reload is not built yet; nothing has changed"); }, [this] { reopen(); }});
  log_.info("starting", {{"version", program_version}, {"pid", static_cast<uint64_t>(getpid())}});
  note_what_is_not_built();
  if (std::string reason = start_workers(); !reason.empty()) return reason;
  log_.info("ready");
  signals.wait();
  stop_workers();
  log_.info("stopped");
  return {};
}

void Server::note_what_is_not_built() const {
  std::string missing =
      "duplicate detection, reject delay, Status-Server, Event-Timestamp window, handler timeouts, bounds on what is "
      "in "
      "flight";
  if (!assembly_.config().server.control.empty()) missing += ", the control socket";
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

std::string Server::counters_json() const {
  const Config& config = assembly_.config();
  std::vector<Counters> listeners(config.listeners.size());
  std::vector<Counters> clients(config.clients.size());
  for (const std::unique_ptr<Worker>& worker : workers_) {
    for (size_t i = 0; i < listeners.size(); ++i) listeners[i].add(worker->counters().listeners[i]);
    for (size_t i = 0; i < clients.size(); ++i) clients[i].add(worker->counters().clients[i]);
  }
  Counters total;
  nlohmann::ordered_json by_listener = nlohmann::ordered_json::object();
  nlohmann::ordered_json by_client = nlohmann::ordered_json::object();
  for (size_t i = 0; i < listeners.size(); ++i) {
    by_listener[config.listeners[i].name] = to_json(listeners[i]);
    total.add(listeners[i]);
  }
  for (size_t i = 0; i < clients.size(); ++i) by_client[config.clients[i].name] = to_json(clients[i]);
  nlohmann::ordered_json discards;
  for (size_t i = 0; i < discard_count; ++i) discards[std::string(discard_words[i])] = total.discards[i];
  return nlohmann::ordered_json{{"listeners", by_listener}, {"clients", by_client}, {"discards", discards}}.dump();
}

}  // namespace radhost
