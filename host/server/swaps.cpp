// SPDX-License-Identifier: Apache-2.0
#include "server/swaps.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace radhost {
namespace {

/// How long a swap waits for those before it, where these leave no room.
constexpr int looks_for_room = 200;
constexpr std::chrono::milliseconds between_looks{5};

Swaps::Who who(const Instance& instance, const std::string& module) {
  const Library& library = instance.library();
  return {module, library.note().id, library.note().version, library.sha256(), instance.generation()};
}

/// The versions of listeners in which an instance serves.
std::vector<std::shared_ptr<const Listener>> versions_with(const Assembly& assembly, const Instance& instance) {
  std::vector<std::shared_ptr<const Listener>> versions;
  for (const std::shared_ptr<const Listener>& listener : assembly.listeners()) {
    bool serves = std::any_of(listener->chains.begin(), listener->chains.end(), [&](const auto& chain) {
      return std::any_of(chain->handlers().begin(), chain->handlers().end(),
                         [&](const auto& handler) { return handler.get() == &instance; });
    });
    if (serves) versions.push_back(listener);
  }
  return versions;
}

bool is_among(const std::vector<std::shared_ptr<Instance>>& instances, const std::shared_ptr<Instance>& instance) {
  return std::find(instances.begin(), instances.end(), instance) != instances.end();
}

}  // namespace

Result<Swaps::Place, Swaps::Refusal> Swaps::find(const std::string& target) const {
  std::shared_ptr<const Assembly> assembly = workers_.assembly();
  const Config& config = assembly->config();
  Refusal refusal{"there is no \"" + target + "\" to be swapped", {}};
  for (size_t listener = 0; listener < config.listeners.size(); ++listener)
    for (size_t plugin = 0; plugin < config.plugins.size(); ++plugin) {
      if (assembly->instance_at({listener, plugin}) == nullptr) continue;
      std::string name = config.listeners[listener].name + "." + config.plugins[plugin].name;
      if (name == target) return Place{listener, plugin};
      refusal.details.push_back("there is " + name);
    }
  return refusal;
}

Result<Swaps::Done, Swaps::Refusal> Swaps::swap(const std::string& target, const std::string& file) {
  auto place = find(target);
  if (!place.ok()) return place.error();
  return replace(*place, {file, file});
}

Result<Swaps::Done, Swaps::Refusal> Swaps::rollback(const std::string& target) {
  std::optional<Place> place = last_;
  if (!target.empty()) {
    auto found = find(target);
    if (!found.ok()) return found.error();
    place = *found;
  }
  auto previous = place ? previous_.find(*place) : previous_.end();
  if (previous == previous_.end())
    return Refusal{(target.empty() ? "nothing was" : "\"" + target + "\" was never") +
                       std::string(" swapped: there is no way back"),
                   {}};
  return replace(*place, File(previous->second));
}

/// Gives the reason when there is none.
std::string Swaps::make_room() {
  std::string refusal;
  for (int look = 0; look < looks_for_room; ++look) {
    retirement_.look();
    refusal = retirement_.refusal();
    if (refusal.empty()) return {};
    std::this_thread::sleep_for(between_looks);
  }
  return refusal;
}

Result<Swaps::Done, Swaps::Refusal> Swaps::replace(const Place& place, const File& file) {
  std::shared_ptr<const Assembly> assembly = workers_.assembly();
  PluginConfig plugin = assembly->config().plugins[place.plugin];
  const std::string listener = assembly->config().listeners[place.listener].name;
  auto refuse = [&](const std::string& step, std::vector<std::string> reasons) {
    std::string error = listener + "." + plugin.name + " is not swapped, and nothing has changed: it fails to " + step;
    return Refusal{std::move(error), std::move(reasons)};
  };
  if (std::string reason = make_room(); !reason.empty()) return refuse("find room", {reason});

  plugin.module = file.path;
  auto library = modules_.load(plugin, file.copy);
  if (!library.ok()) return refuse("load", {library.error()});
  std::vector<ConfigError> errors;
  std::shared_ptr<Instance> instance = modules_.create(plugin, *library, assembly->config(), errors);
  if (instance == nullptr) {
    std::vector<std::string> reasons;
    for (const ConfigError& error : errors) reasons.push_back(error.to_text());
    if (library->use_count() == 1)
      modules_.unload(plugin.name, std::move(*library), assembly->config().server.drain_timeout_ms);
    return refuse("be created", std::move(reasons));
  }
  library->reset();
  if (std::string reason = workers_.start_instance(instance); !reason.empty()) {
    retirement_.retire(std::move(instance), {});
    retirement_.look();
    return refuse("start", {reason});
  }

  std::shared_ptr<Instance> before = assembly->instance_at(place);
  Done done{listener, plugin.name, who(*instance, file.path), who(*before, before->library().path()), {}};
  previous_[place] = {before->library().path(), before->library().copy()};
  last_ = place;
  auto next = std::make_shared<const Assembly>(*assembly, place, std::move(instance));
  done.late = workers_.publish(next);
  // Where other listeners still have it, it goes on.
  if (!is_among(next->instances(), before)) {
    auto versions = versions_with(*assembly, *before);
    retirement_.retire(std::move(before), std::move(versions));
    retirement_.look();  // who asks now, is told what holds it
  }
  modules_.foundation().log.info("module swapped", {{"listener", done.listener},
                                                    {"plugin", done.plugin},
                                                    {"module", done.now.module},
                                                    {"sha256", done.now.sha256},
                                                    {"generation", done.now.generation}});
  return done;
}

}  // namespace radhost
