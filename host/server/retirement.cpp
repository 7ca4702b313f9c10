// SPDX-License-Identifier: Apache-2.0
#include "server/retirement.h"

#include <algorithm>
#include <thread>

#include "base/clock.h"

namespace radhost {
namespace {

/// How long those that were cut short have to let go.
constexpr uint64_t grace_ns = 2'000'000'000;
/// How long a change waits for those before it, where these leave no room.
constexpr int looks_for_room = 200;
constexpr std::chrono::milliseconds between_looks{5};

std::string counted(uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string names_of(const std::vector<Retirement::Status>& all) {
  std::string names;
  for (const Retirement::Status& status : all) {
    names += (names.empty() ? "" : "; ") + status.name + " (generation " + std::to_string(status.generation) + ")";
    std::string reasons;
    for (const std::string& reason : status.blocked_by) reasons += (reasons.empty() ? ": " : ", ") + reason;
    names += reasons;
  }
  return names;
}

/// The versions of listeners in which an instance serves; all, where it serves inside of requests alone.
std::vector<std::shared_ptr<const Listener>> versions_with(const Assembly& assembly, const Instance& instance) {
  std::vector<std::shared_ptr<const Listener>> versions;
  for (const std::shared_ptr<const Listener>& listener : assembly.listeners()) {
    bool serves = std::any_of(listener->chains.begin(), listener->chains.end(), [&](const auto& chain) {
      return std::any_of(chain->handlers().begin(), chain->handlers().end(),
                         [&](const auto& handler) { return handler.get() == &instance; });
    });
    if (serves) versions.push_back(listener);
  }
  return versions.empty() ? assembly.listeners() : versions;
}

}  // namespace

std::string Retirement::refusal() const {
  std::vector<Status> draining, zombies;
  for (const Retired& retired : retired_)
    (retired.status.state == State::Zombie ? zombies : draining).push_back(retired.status);
  const ServerConfig& config = workers_.assembly()->config().server;
  if (draining.size() >= config.max_draining)
    return "as many instances are draining as max_draining allows: " + names_of(draining);
  zombies.insert(zombies.end(), left_.begin(), left_.end());
  if (zombies.size() >= config.max_zombies)
    return "as many modules stay in the process as max_zombies allows: " + names_of(zombies);
  return {};
}

std::string Retirement::make_room() {
  std::string reason;
  for (int look_for = 0; look_for < looks_for_room; ++look_for) {
    look();
    reason = refusal();
    if (reason.empty()) return {};
    std::this_thread::sleep_for(between_looks);
  }
  return reason;
}

void Retirement::retire_missing(const Assembly& before, const Assembly& after) {
  for (const std::shared_ptr<Instance>& instance : before.instances())
    if (!after.has(instance)) retire(instance, versions_with(before, *instance));
}

void Retirement::retire(std::shared_ptr<Instance> instance, std::vector<std::shared_ptr<const Listener>> versions) {
  Retired retired;
  const Library& library = instance->library();
  retired.status = {
      instance->name(), {}, library.note(), library.sha256(), instance->generation(), State::Draining, 0, {}};
  for (std::shared_ptr<const Listener>& version : versions) {
    retired.status.listeners.push_back(version->name);
    for (const std::shared_ptr<const ChainVersion>& chain : version->chains) retired.chains.push_back(chain);
    retired.versions.push_back(version);
  }
  retired.until_ns = monotonic_ns() + uint64_t{patience_ms()} * 1000000;
  retired.instance = std::move(instance);
  std::lock_guard lock(mutex_);
  retired_.push_back(std::move(retired));
}

bool Retirement::look() {
  for (size_t i = 0; i < retired_.size();) {
    Retired& retired = retired_[i];
    bool is_ending = retired.ending != nullptr || take_free(retired);
    if (is_ending && retired.workers_left->load(std::memory_order_acquire) == 0 && end(retired)) {
      std::lock_guard lock(mutex_);
      retired_.erase(retired_.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    uint64_t now = monotonic_ns();
    if (!retired.is_cut && !is_ending && now >= retired.until_ns) cut(retired);
    if (retired.status.state == State::Draining && now >= retired.until_ns + grace_ns)
      be_zombie(retired, is_ending ? "a handler holds a worker" : "it is not let go, though its time is over");
    ++i;
  }
  return !retired_.empty();
}

/// Says by what it is held.
void Retirement::note_holders(Retired& retired) {
  uint64_t requests = 0, conversations = 0;
  for (const std::weak_ptr<const Listener>& known : retired.versions) {
    std::shared_ptr<const Listener> version = known.lock();
    if (version == nullptr) continue;
    for (size_t worker = 0; worker < version->in_hand.size(); ++worker) requests += version->in_hand[worker].value();
  }
  for (const std::weak_ptr<const ChainVersion>& known : retired.chains)
    if (std::shared_ptr<const ChainVersion> chain = known.lock()) conversations += chain->conversations();
  uint64_t exchanges = retired.instance->exchanges();
  std::vector<std::string> blocked_by;
  if (requests != 0) blocked_by.push_back(counted(requests, "request"));
  if (conversations != 0) blocked_by.push_back(counted(conversations, "conversation"));
  if (exchanges != 0) blocked_by.push_back(counted(exchanges, "request") + " to other servers");
  if (blocked_by.empty()) blocked_by.push_back("a worker that has not gone over");
  std::lock_guard lock(mutex_);
  retired.status.requests = requests;
  if (retired.status.state == State::Draining) retired.status.blocked_by = std::move(blocked_by);
}

/// Is it held by nothing any more? Then its end begins.
bool Retirement::take_free(Retired& retired) {
  if (retired.instance == nullptr || retired.instance->is_abandoned()) return false;
  note_holders(retired);
  std::unique_lock lock(mutex_);
  // From here on nobody else can get hold of it.
  if (retired.instance.use_count() != 1 || retired.instance->exchanges() != 0) return false;
  // What others did with it before they let go has happened before this.
  static_cast<void>(std::shared_ptr<Instance>(retired.instance));
  retired.ending = std::move(retired.instance);
  retired.status.blocked_by.clear();
  lock.unlock();
  retired.workers_left = workers_.stop_threads(*retired.ending);
  return true;
}

/// Its time is over: nobody waits for what is under way any more.
void Retirement::cut(Retired& retired) {
  retired.is_cut = true;
  modules_.foundation().log.warn("an instance does not come to its end by itself; what it has under way is cut short",
                                 {{"plugin", retired.status.name}, {"generation", retired.status.generation}});
  for (const std::weak_ptr<const ChainVersion>& known : retired.chains)
    if (std::shared_ptr<const ChainVersion> chain = known.lock()) modules_.foundation().conversations.end_of(*chain);
  for (const std::weak_ptr<const Listener>& known : retired.versions)
    if (std::shared_ptr<const Listener> version = known.lock()) workers_.expire_requests(std::move(version));
}

/// False when it does not come to its end.
bool Retirement::end(Retired& retired) {
  if (!modules_.stop(retired.ending, patience_ms())) {
    be_zombie(retired, "its end does not return");
    std::lock_guard lock(mutex_);
    retired.instance = std::move(retired.ending);  // which is abandoned
    return false;
  }
  std::unique_lock lock(mutex_);
  ended_[retired.status.name].add(*retired.ending);
  std::shared_ptr<Instance> ending = std::move(retired.ending);
  lock.unlock();
  note_end(retired.status, modules_.end(std::move(ending), patience_ms()));
  return true;
}

/// What is left of it, stays named.
void Retirement::note_end(Status status, Modules::Ended ended) {
  if (ended == Modules::Ended::Unloaded) return;
  if (ended == Modules::Ended::Resident)
    modules_.foundation().log.warn("a module stays in the process though nothing uses it any more",
                                   {{"plugin", status.name}, {"sha256", status.sha256}});
  status.state = ended == Modules::Ended::Resident ? State::Resident : State::Zombie;
  if (ended == Modules::Ended::Abandoned) status.blocked_by = {"its end does not return"};
  if (ended == Modules::Ended::Inhabited) status.blocked_by = {"threads that it began have not ended"};
  std::lock_guard lock(mutex_);
  // A library that stays does so once, however often it is used.
  if (status.state == State::Resident)
    std::erase_if(left_,
                  [&](const Status& known) { return known.state == State::Resident && known.sha256 == status.sha256; });
  left_.push_back(std::move(status));
}

void Retirement::be_zombie(Retired& retired, std::string why) {
  modules_.foundation().log.error(
      "an instance cannot be ended",
      {{"plugin", retired.status.name}, {"generation", retired.status.generation}, {"why", why}});
  std::lock_guard lock(mutex_);
  retired.status.state = State::Zombie;
  if (retired.status.blocked_by.empty()) retired.status.blocked_by.push_back(std::move(why));
}

std::vector<std::shared_ptr<Instance>> Retirement::stop() {
  std::vector<std::shared_ptr<Instance>> all;
  for (Retired& retired : retired_) {
    all.push_back(std::move(retired.ending == nullptr ? retired.instance : retired.ending));
    if (modules_.stop(all.back(), patience_ms())) all.back()->name_left_requests();
  }
  std::lock_guard lock(mutex_);
  retired_.clear();
  return all;
}

std::vector<Retirement::Status> Retirement::status() const {
  std::lock_guard lock(mutex_);
  std::vector<Status> all;
  for (const Retired& retired : retired_) all.push_back(retired.status);
  all.insert(all.end(), left_.begin(), left_.end());
  return all;
}

Retirement::Counted Retirement::count(const std::vector<std::shared_ptr<Instance>>& serving) const {
  std::unique_lock lock(mutex_);
  Counted counted{serving, ended_};
  for (const Retired& retired : retired_) {
    bool is_known = std::find(serving.begin(), serving.end(), retired.instance) != serving.end();
    if (retired.instance != nullptr && !is_known) counted.instances.push_back(retired.instance);
    else if (retired.ending != nullptr) counted.totals[retired.status.name].add(*retired.ending);
  }
  lock.unlock();
  for (const std::shared_ptr<Instance>& instance : counted.instances) counted.totals[instance->name()].add(*instance);
  return counted;
}

}  // namespace radhost
