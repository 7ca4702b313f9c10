// SPDX-License-Identifier: Apache-2.0
#include "server/configuration_changes.h"

#include <algorithm>

#include "server/pool_tls.h"

namespace radhost {
namespace {

/// What a process is built around, but another one that takes over may have otherwise: table and key; an empty key stands
/// for all of the table.
constexpr std::pair<std::string_view, std::string_view> fixed_keys[] = {
    {"server", "control"},
    {"server", "state_directory"},
    {"server", "user"},
    {"metrics", "address"},
};

constexpr std::string_view new_process = "needs a new process (radhost serve --takeover)";

std::string_view name_of(std::string_view key) { return key.substr(0, key.find(": ")); }

/// The sockets are as many as the workers.
bool is_workers(const ConfigChange& change, std::string_view key) {
  return change.table == "server" && name_of(key) == "workers";
}

bool is_fixed(const ConfigChange& change, std::string_view key) {
  std::string_view name = name_of(key);
  return std::any_of(std::begin(fixed_keys), std::end(fixed_keys), [&](const auto& fixed) {
    return fixed.first == change.table && (fixed.second.empty() || fixed.second == name);
  });
}

std::string short_digest(const std::string& sha256) { return sha256.substr(0, 12); }

/// What is behind a plugin's table: its module's file, and those that it reads.
std::vector<std::string> file_changes(const Assembly& before, size_t was, const Assembly& after, size_t is) {
  std::vector<std::string> changed;
  if (before.own_sha256(was) != after.own_sha256(is))
    changed.push_back("its module's file: " + short_digest(before.own_sha256(was)) + " -> " +
                      short_digest(after.own_sha256(is)));
  const std::string& name = after.config().plugins[is].name;
  for (const std::shared_ptr<Instance>& instance : before.instances()) {
    if (instance->name() != name) continue;
    for (const std::string& path : instance->changed_files())
      if (std::find(changed.begin(), changed.end(), path) == changed.end()) changed.push_back(path);
  }
  return changed;
}

void add(std::vector<ConfigChange>& changes, const std::string& table, const std::string& name,
         std::vector<std::string> keys) {
  if (keys.empty()) return;
  auto known = std::find_if(changes.begin(), changes.end(),
                            [&](const ConfigChange& change) { return change.table == table && change.name == name; });
  if (known == changes.end()) changes.push_back({table, name, ConfigChange::Sort::Changed, std::move(keys)});
  else known->keys.insert(known->keys.end(), keys.begin(), keys.end());
}

/// The files behind a listener's TLS that have changed.
void add_tls_files(const Assembly& before, const Assembly& after, std::vector<ConfigChange>& changes) {
  for (size_t is = 0; is < after.config().listeners.size(); ++is) {
    const std::string& name = after.config().listeners[is].name;
    for (size_t was = 0; was < before.config().listeners.size(); ++was) {
      if (before.config().listeners[was].name != name) continue;
      std::vector<std::string> changed;
      for (const auto& [path, state] : before.tls_files(was))
        if (!(FileState::of(path) == state)) changed.push_back(path);
      add(changes, "listener", name, std::move(changed));
    }
  }
}

/// The same of pools' servers.
void add_pool_files(const Assembly& before, const Assembly& after, std::vector<ConfigChange>& changes) {
  for (const std::shared_ptr<const Pool>& is : after.pools())
    for (const std::shared_ptr<const Pool>& was : before.pools())
      if (was->name() == is->name()) add(changes, "pool", is->name(), changed_tls_files(*was));
}

/// The listeners where a module that was swapped in goes, or comes back.
void add_swaps(const Assembly& before, const Assembly& after, std::vector<ConfigChange>& changes) {
  for (size_t is = 0; is < after.config().listeners.size(); ++is) {
    const std::string& name = after.config().listeners[is].name;
    std::vector<std::string> keys;
    for (const auto& [place, instance] : before.swapped()) {
      if (before.config().listeners[place.listener].name != name) continue;
      if (!before.is_swapped(place.listener, *instance)) continue;
      const PluginConfig* plugin = after.config().plugin(instance->name());
      if (plugin == nullptr) continue;
      auto serves = after.instance_at({is, static_cast<size_t>(plugin - after.config().plugins.data())});
      if (serves != nullptr && serves->library().sha256() != instance->library().sha256())
        keys.push_back(plugin->name + " goes back to " + serves->library().path());
    }
    add(changes, "listener", name, std::move(keys));
  }
}

}  // namespace

std::vector<ConfigChange> changes_between(const Assembly& before, const Assembly& after) {
  std::vector<ConfigChange> changes = changes_between(before.config(), after.config());
  for (size_t is = 0; is < after.config().plugins.size(); ++is) {
    const std::string& name = after.config().plugins[is].name;
    const PluginConfig* earlier = before.config().plugin(name);
    if (earlier == nullptr) continue;
    size_t was = static_cast<size_t>(earlier - before.config().plugins.data());
    add(changes, "plugin", name, file_changes(before, was, after, is));
  }
  add_swaps(before, after, changes);
  add_tls_files(before, after, changes);
  add_pool_files(before, after, changes);
  if (before.dictionary() != after.dictionary()) add(changes, "server", {}, before.dictionary()->changed_files());
  return changes;
}

void refuse_restarts(const Config& before, const Config& after, std::vector<std::string>& errors) {
  for (const ConfigChange& change : changes_between(before, after)) {
    std::string what = change.name.empty() ? "[" + change.table + "]" : change.table + " " + change.name;
    for (const std::string& key : change.keys) {
      if (is_workers(change, key)) errors.push_back(what + " " + key + ": a change needs a restart");
      else if (is_fixed(change, key)) errors.push_back(what + " " + key + ": a change " + std::string(new_process));
    }
  }
}

}  // namespace radhost
