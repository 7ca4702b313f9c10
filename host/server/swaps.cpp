// SPDX-License-Identifier: Apache-2.0
#include "server/swaps.h"

namespace radhost {
namespace {

Swaps::Who who(const Instance& instance, const std::string& module) {
  const Library& library = instance.library();
  return {module, library.note().id, library.note().version, library.sha256(), instance.generation()};
}

}  // namespace

Result<Swaps::Place, Refused> Swaps::find(const std::string& target) const {
  std::shared_ptr<const Assembly> assembly = workers_.assembly();
  const Config& config = assembly->config();
  Refused refusal{"there is no \"" + target + "\" to be swapped", {}};
  for (size_t listener = 0; listener < config.listeners.size(); ++listener)
    for (size_t plugin = 0; plugin < config.plugins.size(); ++plugin) {
      if (assembly->instance_at({listener, plugin}) == nullptr) continue;
      std::string name = config.listeners[listener].name + "." + config.plugins[plugin].name;
      if (name == target) return Place{listener, plugin};
      refusal.details.push_back("there is " + name);
    }
  return refusal;
}

Result<Swaps::Done, Refused> Swaps::swap(const std::string& target, const std::string& file) {
  auto place = find(target);
  if (!place.ok()) return place.error();
  return replace(*place, {file, file});
}

Result<Swaps::Done, Refused> Swaps::rollback(const std::string& target) {
  std::optional<Place> place = last_;
  if (!target.empty()) {
    auto found = find(target);
    if (!found.ok()) return found.error();
    place = *found;
  }
  auto previous = place ? previous_.find(*place) : previous_.end();
  if (previous == previous_.end())
    return Refused{(target.empty() ? "nothing was" : "\"" + target + "\" was never") +
                       std::string(" swapped: there is no way back"),
                   {}};
  return replace(*place, File(previous->second));
}

void Swaps::forget() {
  previous_.clear();
  last_.reset();
}

Result<Swaps::Done, Refused> Swaps::replace(const Place& place, const File& file) {
  std::shared_ptr<const Assembly> assembly = workers_.assembly();
  PluginConfig plugin = assembly->config().plugins[place.plugin];
  const std::string listener = assembly->config().listeners[place.listener].name;
  auto refuse = [&](const std::string& step, std::vector<std::string> reasons) {
    std::string error = listener + "." + plugin.name + " is not swapped, and nothing has changed: it fails to " + step;
    return Refused{std::move(error), std::move(reasons)};
  };
  if (std::string reason = retirement_.make_room(); !reason.empty()) return refuse("find room", {reason});

  plugin.module = file.path;
  auto library = modules_.load(plugin, file.copy);
  if (!library.ok()) return refuse("load", {library.error()});
  std::vector<ConfigError> errors;
  std::shared_ptr<Instance> instance = modules_.create(plugin, *library, assembly->surroundings(), errors);
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
  before.reset();
  retirement_.retire_missing(*assembly, *next);
  assembly.reset();
  retirement_.look();  // who asks now, is told what holds it
  modules_.foundation().log.info("module swapped", {{"listener", done.listener},
                                                    {"plugin", done.plugin},
                                                    {"module", done.now.module},
                                                    {"sha256", done.now.sha256},
                                                    {"generation", done.now.generation}});
  return done;
}

}  // namespace radhost
