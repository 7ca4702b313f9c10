// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "server/signals.h"

namespace radhost {
namespace {

size_t worker_count(const ServerConfig& config) {
  if (config.workers != 0) return config.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

/// Does an IPv4 wildcard listen on the same port? Then [::] must leave IPv4 to it.
bool has_ipv4_wildcard(const Config& config, uint16_t port) {
  for (const ListenerConfig& listener : config.listeners)
    for (const SocketAddress& address : listener.address)
      if (address.port == port && address.address.family == IpAddress::Family::V4 && address.address.is_wildcard()) return true;
  return false;
}

nlohmann::ordered_json to_json(const Counters& counters) {
  nlohmann::ordered_json discards = nlohmann::ordered_json::object();
  for (size_t i = 0; i < discard_count; ++i)
    if (counters.discards[i] != 0) discards[std::string(discard_words[i])] = counters.discards[i];
  return {{"requests", counters.requests}, {"replies", counters.replies}, {"discards", discards}};
}

}  // namespace

Server::Server(const Assembly& assembly, const DigestLibrary& digests, Log& log)
    : assembly_(assembly), digests_(digests), log_(log) {}

Server::~Server() { stop_workers(); }

std::string Server::run() {
  Signals signals({[this] { log_.warn("reload is not built yet; nothing has changed"); }, [this] { reopen(); }});
  log_.info("starting", {{"version", program_version}, {"pid", static_cast<uint64_t>(getpid())}});
  note_what_is_not_built();
  if (std::string reason = open_ports(); !reason.empty()) return reason;
  if (std::string reason = drop_privileges(); !reason.empty()) return reason;
  if (std::string reason = start_workers(); !reason.empty()) return reason;
  log_.info("ready");
  signals.wait();
  stop_workers();
  log_.info("stopped");
  return {};
}

void Server::note_what_is_not_built() const {
  std::string missing = "duplicate detection, reject delay, Status-Server, Event-Timestamp window, bounds on what is in flight";
  if (!assembly_.config().server.control.empty()) missing += ", the control socket";
  log_.warn("this version does not have yet", {{"what", missing}});
  for (const ClientConfig& client : assembly_.config().clients) {
    if (client.require_message_authenticator != RequireMessageAuthenticator::Auto) continue;
    log_.warn("require_message_authenticator = \"auto\" is not built yet and works as false; set it to true where all "
              "devices send one",
              {{"client", client.name}});
  }
}

std::string Server::open_ports() {
  const Config& config = assembly_.config();
  size_t workers = worker_count(config.server);
  ports_.resize(workers);
  for (const std::shared_ptr<const Listener>& listener : assembly_.listeners()) {
    const ListenerConfig& from = config.listeners[listener->index];
    for (const SocketAddress& address : from.address) {
      UdpSocket::Options options{workers, from.receive_buffer, has_ipv4_wildcard(config, address.port)};
      auto group = UdpSocket::bind_group(address, options);
      if (!group.ok()) return group.error();
      for (size_t i = 0; i < workers; ++i) ports_[i].push_back({std::move(group->sockets[i]), listener});
      log_.info("listening", {{"listener", listener->name}, {"transport", "udp"}, {"address", group->address.to_text()}});
    }
  }
  return {};
}

std::string Server::drop_privileges() {
  const ServerConfig& config = assembly_.config().server;
  if (geteuid() != 0 || config.user.empty()) return {};
  const passwd* user = getpwnam(config.user.c_str());
  if (user == nullptr) {
    log_.warn("there is no such user; serving as root", {{"user", config.user}});
    return {};
  }
  // What is kept between starts belongs to the user that will write it.
  std::error_code ignored;
  std::filesystem::path state = config.state_directory;
  for (const auto& path : {state, state / "modules"})
    if (std::filesystem::exists(path, ignored) && chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
      return "cannot give " + path.string() + " to " + config.user + ": " + std::strerror(errno);
  bool dropped = initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0;
  if (!dropped) return "cannot become " + config.user + ": " + std::strerror(errno);
  log_.info("serving as", {{"user", config.user}});
  return {};
}

std::string Server::start_workers() {
  for (const std::shared_ptr<Instance>& instance : assembly_.instances()) {
    instance->expect_workers(ports_.size());
    if (std::string reason = instance->start(); !reason.empty()) return reason;
  }
  for (size_t number = 0; number < ports_.size(); ++number) {
    workers_.push_back(std::make_unique<Worker>(Worker::Parts{number, assembly_, digests_, log_}, std::move(ports_[number])));
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
