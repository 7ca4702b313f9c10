// SPDX-License-Identifier: Apache-2.0
#include "config/changes.h"

#include <unordered_map>

#include "config/schema.h"

namespace radhost {
namespace {

template <class Struct>
Differences differences_of(const Struct& before, const Struct& after, std::span<const Field<Struct>> fields) {
  Differences differences;
  compare_tables(before, after, fields, {}, differences);
  return differences;
}

Differences differences_of(const PluginConfig& before, const PluginConfig& after) {
  Differences differences = differences_of(before, after, plugin_fields());
  // Paths in its table mean others then.
  if (before.base_directory != after.base_directory) differences.push_back("the folder of its file");
  return differences;
}

/// There may be a hundred thousand clients.
template <class Struct>
std::unordered_map<std::string_view, const Struct*> by_name(const std::vector<Struct>& tables) {
  std::unordered_map<std::string_view, const Struct*> map;
  for (const Struct& table : tables) map.emplace(table.name, &table);
  return map;
}

class Comparison {
 public:
  template <class Struct>
  void one(const std::string& table, const Struct& before, const Struct& after,
           std::span<const Field<Struct>> fields) {
    add(table, {}, differences_of(before, after, fields));
  }

  /// `differ` gives the differences of two tables of one name.
  template <class Struct, class Differ>
  void named(const std::string& table, const std::vector<Struct>& before, const std::vector<Struct>& after,
             Differ differ) {
    auto earlier = by_name(before), later = by_name(after);
    for (const Struct& is : after) {
      auto was = earlier.find(is.name);
      if (was == earlier.end()) changes_.push_back({table, is.name, ConfigChange::Sort::Added});
      else add(table, is.name, differ(*was->second, is));
    }
    for (const Struct& was : before)
      if (!later.contains(was.name)) changes_.push_back({table, was.name, ConfigChange::Sort::Removed});
  }

  std::vector<ConfigChange> take() { return std::move(changes_); }

 private:
  void add(const std::string& table, const std::string& name, Differences differences) {
    if (!differences.empty())
      changes_.push_back({table, name, ConfigChange::Sort::Changed, std::move(differences)});
  }

  std::vector<ConfigChange> changes_;
};

}  // namespace

std::string_view change_word(ConfigChange::Sort sort) {
  switch (sort) {
    case ConfigChange::Sort::Added: return "added";
    case ConfigChange::Sort::Removed: return "removed";
    case ConfigChange::Sort::Changed: break;
  }
  return "changed";
}

std::string ConfigChange::to_text() const {
  std::string text = name.empty() ? "[" + table + "]" : table + " " + name;
  text.append(" ").append(change_word(sort));
  for (size_t i = 0; i < keys.size(); ++i) text.append(i == 0 ? ": " : "; ").append(keys[i]);
  return text;
}

std::vector<ConfigChange> changes_between(const Config& before, const Config& after) {
  Comparison comparison;
  comparison.one("server", before.server, after.server, server_fields());
  comparison.one("log", before.log, after.log, log_fields());
  comparison.named("client", before.clients, after.clients, [](const ClientConfig& was, const ClientConfig& is) {
    return differences_of(was, is, client_fields());
  });
  comparison.named("plugin", before.plugins, after.plugins,
                   [](const PluginConfig& was, const PluginConfig& is) { return differences_of(was, is); });
  comparison.named("chain", before.chains, after.chains, [](const ChainConfig& was, const ChainConfig& is) {
    return differences_of(was, is, chain_fields());
  });
  comparison.named("pool", before.pools, after.pools, [](const PoolConfig& was, const PoolConfig& is) {
    return differences_of(was, is, pool_fields());
  });
  comparison.named(
      "listener", before.listeners, after.listeners,
      [](const ListenerConfig& was, const ListenerConfig& is) { return differences_of(was, is, listener_fields()); });
  comparison.one("store", before.store, after.store, store_fields());
  comparison.one("metrics", before.metrics, after.metrics, metrics_fields());
  return comparison.take();
}

bool is_same_plugin(const PluginConfig& one, const PluginConfig& other) {
  Differences differences = differences_of(one, other);
  std::erase_if(differences, [](const std::string& difference) { return difference.starts_with("module: "); });
  return differences.empty();
}

bool is_same_pool(const PoolConfig& one, const PoolConfig& other) {
  return differences_of(one, other, pool_fields()).empty();
}

}  // namespace radhost
