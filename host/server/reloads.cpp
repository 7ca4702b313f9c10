// SPDX-License-Identifier: Apache-2.0
#include "server/reloads.h"

#include <algorithm>
#include <thread>

#include "base/background.h"
#include "base/clock.h"
#include "server/configuration_changes.h"

namespace radhost {
namespace {

/// How long a reload waits for an address that an earlier one gave up.
constexpr int looks_for_addresses = 200;
constexpr std::chrono::milliseconds between_looks{5};

/// What `next` has made, and `before` does not have.
std::vector<std::shared_ptr<Instance>> made_for(const Assembly& next, const Assembly& before) {
  std::vector<std::shared_ptr<Instance>> made;
  for (const std::shared_ptr<Instance>& instance : next.instances())
    if (!before.has(instance)) made.push_back(instance);
  return made;
}

Refused refused(std::vector<std::string> reasons) {
  return {"the configuration is not reloaded, and nothing has changed", std::move(reasons)};
}

Refused refused(const std::vector<ConfigError>& errors) {
  std::vector<std::string> reasons;
  for (const ConfigError& error : errors) reasons.push_back(error.to_text());
  return refused(std::move(reasons));
}

/// Null where the log stays where it is, as it is.
Result<std::shared_ptr<const Log::Target>, std::string> open_log(const Config& before, const Config& after) {
  std::shared_ptr<const Log::Target> target;
  if (before.log.format == after.log.format && before.log.target == after.log.target) return target;
  try {
    target = Log::open(after.log.target);
  } catch (const std::runtime_error& error) {
    return std::string(error.what());
  }
  return target;
}

}  // namespace

Reloads::Reloads(Load load, Modules& modules, Workers& workers, Retirement& retirement, Swaps& swaps)
    : load_(std::move(load)),
      modules_(modules),
      workers_(workers),
      retirement_(retirement),
      swaps_(swaps),
      last_{wall_clock_us(), "ok"} {}

Result<Reloads::Done, Refused> Reloads::reload(const Options& options) {
  if (load_ == nullptr) return refused({"this server was not started from a configuration file"});
  std::vector<ConfigError> errors;
  Config config;
  do_in_background([&] { config = load_(errors); });
  if (!errors.empty()) return note(refused(errors), options.dry_run);
  std::shared_ptr<const Assembly> before = workers_.assembly();
  return note(go_over(config, {*before, options.keep_swaps}, options), options.dry_run);
}

Result<Reloads::Done, Refused> Reloads::rollback() {
  if (!before_) return Refused{"nothing was reloaded: there is no way back", {}};
  Before to = *before_;
  std::shared_ptr<const Assembly> before = workers_.assembly();
  return note(go_over(*to.config, {*before, false, &to.files}, {}), false);
}

Result<Reloads::Done, Refused> Reloads::go_over(const Config& config, const Assembly::From& from,
                                                const Options& options) {
  std::shared_ptr<const Assembly> before = workers_.assembly();
  std::vector<std::string> fixed;
  refuse_restarts(before->config(), config, fixed);
  if (!fixed.empty()) return refused(std::move(fixed));
  if (std::string reason = options.dry_run ? std::string() : retirement_.make_room(); !reason.empty())
    return refused({reason});

  std::vector<ConfigError> errors;
  auto next = std::make_shared<Assembly>(config, from, modules_, errors);
  if (!errors.empty()) {
    drop(std::move(next), *before);
    return refused(errors);
  }
  Done done{changes_between(*before, *next), {}};
  if (options.dry_run) {
    drop(std::move(next), *before);
    return done;
  }
  Foundation& foundation = modules_.foundation();
  Result<std::shared_ptr<const Log::Target>, std::string> log_target = open_log(before->config(), config);
  std::string reason = log_target.ok() ? start(*next, *before) : log_target.error();
  if (reason.empty()) reason = await_closed(config);
  if (!reason.empty()) {
    give_up(std::move(next), *before);
    return refused({reason});
  }
  auto ports = ListenerPorts::bind(config, foundation.workers, before->addresses(), foundation.log);
  if (!ports.ok()) {
    give_up(std::move(next), *before);
    return refused({ports.error()});
  }

  std::vector<Endpoint> closed = closed_between(before->addresses(), ports->open);
  next->open_at(std::move(ports->open));
  before_ = {before->share_config(), before->files()};
  done.late = workers_.publish(next, std::move(ports->by_worker), options.tls_recheck);
  if (!closed.empty()) closing_.push_back({closed, workers_.close(closed)});
  foundation.limit(config);
  if (*log_target != nullptr) foundation.log.go_over(config.log.level, config.log.format, *log_target);
  else foundation.log.set_level(config.log.level);
  swaps_.forget();
  is_last_ = true;
  retirement_.retire_missing(*before, *next);
  before.reset();
  retirement_.look();  // who asks now, is told what holds them
  return done;
}

/// Starts what is new. Gives the reason when one cannot serve.
std::string Reloads::start(const Assembly& next, const Assembly& before) {
  for (const std::shared_ptr<Instance>& instance : made_for(next, before))
    if (std::string reason = workers_.start_instance(instance); !reason.empty()) return reason;
  return {};
}

/// Ends what was made and was not started.
void Reloads::drop(std::shared_ptr<Assembly> next, const Assembly& before) {
  auto made = made_for(*next, before);
  Config config = next->config();
  next.reset();
  end_instances(std::move(made), config, modules_);
}

/// Ends what was made, and perhaps started.
void Reloads::give_up(std::shared_ptr<Assembly> next, const Assembly& before) {
  retirement_.retire_missing(*next, before);
  next.reset();
  retirement_.look();
}

/// Waits for addresses that were given up and are wanted again. Gives the reason when one stays open.
std::string Reloads::await_closed(const Config& config) {
  std::vector<Endpoint> wanted;
  for (const ListenerConfig& listener : config.listeners)
    for (const SocketAddress& address : listener.address) wanted.push_back({address, listener.is_stream()});
  std::string reason;
  for (int look = 0; look < looks_for_addresses; ++look) {
    forget_closed();
    reason.clear();
    for (const Closing& closing : closing_)
      for (const Endpoint& endpoint : closing.addresses)
        if (std::find(wanted.begin(), wanted.end(), endpoint) != wanted.end())
          reason = endpoint.address.to_text() + " was given up and is still answering what came to it";
    if (reason.empty()) return {};
    std::this_thread::sleep_for(between_looks);
  }
  return reason;
}

void Reloads::forget_closed() {
  std::erase_if(closing_,
                [](const Closing& closing) { return closing.left->load(std::memory_order_acquire) == 0; });
}

/// Keeps and logs how it went; who has read it in the log, finds it kept.
Result<Reloads::Done, Refused> Reloads::note(Result<Done, Refused> outcome, bool dry_run) {
  if (dry_run) return outcome;
  {
    std::lock_guard lock(mutex_);
    last_ = {wall_clock_us(), outcome.ok() ? "ok" : "refused"};
  }
  Log& log = modules_.foundation().log;
  if (outcome.ok()) {
    log.info("configuration reloaded", {{"changes", uint64_t{outcome->changes.size()}}});
    for (const ConfigChange& change : outcome->changes) log.info("changed", {{"what", change.to_text()}});
  } else {
    log.error(outcome.error().error, {{"reasons", uint64_t{outcome.error().details.size()}}});
    for (const std::string& reason : outcome.error().details) log.error("not reloaded", {{"why", reason}});
  }
  return outcome;
}

Reloads::Last Reloads::last() const {
  std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace radhost
