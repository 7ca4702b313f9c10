// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "exchange/listener.h"
#include "exchange/pool.h"
#include "plugin/inner_chains.h"
#include "server/modules.h"

namespace radhost {

/// Everything that one configuration makes: clients, instances, listeners. Immutable once built; what serves is one of
/// these, and another one takes its place. `radhost check` builds one and ends.
class Assembly {
 public:
  /// Every mistake is added to `errors`; what is right is built all the same, so that all mistakes are found.
  Assembly(const Config& config, Modules& modules, std::vector<ConfigError>& errors);
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  /// One listener's handler, by what the configuration calls them.
  struct Place {
    size_t listener;
    size_t plugin;
    auto operator<=>(const Place&) const = default;
  };
  /// As `from`, but for one listener, where another instance serves in the place of a plugin's own.
  Assembly(const Assembly& from, const Place& place, std::shared_ptr<Instance> instance);

  const Config& config() const { return *config_; }
  Foundation& foundation() const { return foundation_; }
  const Dictionary& dictionary() const { return foundation_.dictionary; }
  const std::vector<std::shared_ptr<const Listener>>& listeners() const { return listeners_; }
  const std::vector<std::shared_ptr<const Client>>& clients() const { return clients_; }
  const std::deque<Pool>& pools() const { return *pools_; }
  size_t home_server_count() const;

  /// All, each once.
  const std::vector<std::shared_ptr<Instance>>& instances() const { return instances_; }
  /// Who serves at a place; null where the plugin is not in the listener's chains.
  std::shared_ptr<Instance> instance_at(const Place& place) const;
  /// Is it made of another file than the configuration names for its plugin on this listener?
  bool is_swapped(size_t listener, const Instance& instance) const;

 private:
  void create_instances(Modules& modules, std::vector<ConfigError>& errors);
  void make_records(std::vector<ConfigError>& errors);
  void make_clients();
  void make_pools();
  void make_inner_chains();
  void make_listeners();
  std::shared_ptr<const ClientTable> make_client_table(const ListenerConfig& listener) const;
  std::shared_ptr<const Listener> make_listener(size_t number, std::shared_ptr<const ClientTable> clients) const;
  std::shared_ptr<const ChainVersion> make_chain(const std::vector<std::string>& names, RequestKind kind,
                                                 std::shared_ptr<const InnerChains> inner,
                                                 std::optional<size_t> listener) const;
  size_t number_of(const std::string& plugin) const;
  bool is_used(const Instance& instance) const;

  Foundation& foundation_;
  std::shared_ptr<const Config> config_;
  std::vector<std::shared_ptr<const Client>> clients_;
  std::shared_ptr<const std::deque<Pool>> pools_;  // in the configuration's order
  std::vector<std::shared_ptr<Instance>> own_;     // in the configuration's order; null where one failed, or is unused
  std::vector<std::string> own_sha256_;            // of their modules
  std::map<Place, std::shared_ptr<Instance>> swapped_;
  std::vector<std::shared_ptr<Instance>> instances_;
  std::shared_ptr<const InnerChains> inner_chains_;
  std::vector<std::shared_ptr<const Listener>> listeners_;
};

/// Ends and unloads instances that nothing else holds, the last one first. One that hangs is named.
void end_instances(std::vector<std::shared_ptr<Instance>> instances, const Config& config, Modules& modules);
/// The same with those of an assembly that nothing else holds.
void end_assembly(std::shared_ptr<const Assembly> assembly, const Config& config, Modules& modules);

}  // namespace radhost
