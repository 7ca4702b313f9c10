// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "base/file_state.h"
#include "exchange/listener.h"
#include "exchange/pool.h"
#include "plugin/inner_chains.h"
#include "server/listener_ports.h"
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

  /// The files that what is served was made of: the copies of them, which stay as they were.
  struct Files {
    std::map<std::string, std::string> own;  ///< by plugin
    /// Where others serve, by listener and plugin.
    std::map<std::pair<std::string, std::string>, std::string> swapped;
  };
  /// What another configuration makes of what is served: instances that would be made alike stay.
  struct From {
    const Assembly& before;
    bool keep_swaps = false;       ///< what was swapped in stays in its place, where that still is
    const Files* files = nullptr;  ///< modules are made of these, and not of those that the configuration names
  };
  Assembly(const Config& config, const From& from, Modules& modules, std::vector<ConfigError>& errors);
  Files files() const;

  /// One listener's handler, by their numbers in the configuration.
  struct Place {
    size_t listener;
    size_t plugin;
    auto operator<=>(const Place&) const = default;
  };
  /// As `from`, but for one listener, where another instance serves in the place of a plugin's own.
  Assembly(const Assembly& from, const Place& place, std::shared_ptr<Instance> instance);

  /// Where its listeners are; before it is served.
  void open_at(std::vector<OpenAddress> addresses) { addresses_ = std::move(addresses); }
  const std::vector<OpenAddress>& addresses() const { return addresses_; }
  std::vector<SocketAddress> addresses_of(size_t listener) const;
  /// Whose the address is; null where it is nobody's.
  std::shared_ptr<const Listener> listener_at(const Endpoint& endpoint) const;

  const Config& config() const { return *config_; }
  const std::shared_ptr<const Config>& share_config() const { return config_; }
  Foundation& foundation() const { return foundation_; }
  const std::shared_ptr<Dictionary>& dictionary() const { return dictionary_; }
  Modules::Surroundings surroundings() const { return {config(), dictionary_, pools_}; }
  const std::vector<std::shared_ptr<const Listener>>& listeners() const { return listeners_; }
  const std::vector<std::shared_ptr<const Client>>& clients() const { return clients_; }
  const std::vector<std::shared_ptr<const Pool>>& pools() const { return pools_; }

  /// A listener's certificate, key, authorities and revoked ones, as they were read.
  using TlsFileStates = std::vector<std::pair<std::string, FileState>>;
  const TlsFileStates& tls_files(size_t listener) const { return tls_files_[listener]; }

  /// All, each once.
  const std::vector<std::shared_ptr<Instance>>& instances() const { return instances_; }
  bool has(const std::shared_ptr<Instance>& instance) const;
  /// Who serves at a place; null where the plugin is not in the listener's chains.
  std::shared_ptr<Instance> instance_at(const Place& place) const;
  /// Is it made of another file than the configuration names for its plugin on this listener?
  bool is_swapped(size_t listener, const Instance& instance) const;
  /// Where another instance serves than the plugin's own.
  const std::map<Place, std::shared_ptr<Instance>>& swapped() const { return swapped_; }
  /// The digest of the file that the configuration names for a plugin, by its number.
  const std::string& own_sha256(size_t plugin) const { return own_sha256_[plugin]; }
  const std::shared_ptr<Instance>& own(size_t plugin) const { return own_[plugin]; }

 private:
  Assembly(const Config& config, const From* from, Modules& modules, std::vector<ConfigError>& errors);
  using Libraries = std::map<std::string, std::shared_ptr<Library>>;  // by path: each is read once
  void read_dictionary(const From* from, std::vector<ConfigError>& errors);
  void create_instances(const From* from, Modules& modules, std::vector<ConfigError>& errors);
  void keep_swapped(const Assembly& before, Modules& modules, std::vector<ConfigError>& errors);
  void swap_again(const Files& files, const Assembly& before, Modules& modules, Libraries& libraries,
                  std::vector<ConfigError>& errors);
  std::shared_ptr<Library> load(const PluginConfig& plugin, const std::string& path, Modules& modules,
                                Libraries& libraries, std::vector<ConfigError>& errors) const;
  std::optional<Place> find_place(const std::string& listener, const std::string& plugin) const;
  bool needs_own(size_t plugin) const;
  std::shared_ptr<Instance> find_alike(const Assembly& before, const PluginConfig& plugin,
                                       const Library& library) const;
  bool may_stay(const Instance& instance, const PluginConfig& plugin, const Assembly& before) const;
  void add_instance(const std::shared_ptr<Instance>& instance);
  void make_records(std::vector<ConfigError>& errors);
  void make_clients();
  void make_pools(const From* from, std::vector<ConfigError>& errors);
  std::shared_ptr<const Pool> make_pool(const PoolConfig& config, std::vector<ConfigError>& errors);
  void make_inner_chains();
  void make_tls(std::vector<ConfigError>& errors);
  void make_listeners();
  /// Who may come to a listener, and how it knows them.
  struct Doors {
    std::shared_ptr<const ClientTable> clients;
    std::shared_ptr<const TlsClients> tls_clients;
    std::shared_ptr<const TlsContext> tls;
  };
  Doors make_doors(size_t listener) const;
  std::shared_ptr<const Listener> make_listener(size_t number, Doors doors) const;
  std::shared_ptr<const ChainVersion> make_chain(const std::vector<std::string>& names, RequestKind kind,
                                                 std::shared_ptr<const InnerChains> inner,
                                                 std::optional<size_t> listener) const;
  size_t number_of(const std::string& plugin) const;
  bool is_used(const Instance& instance) const;

  Foundation& foundation_;
  std::shared_ptr<const Config> config_;
  std::shared_ptr<Dictionary> dictionary_;
  std::vector<std::shared_ptr<const Client>> clients_;
  std::vector<std::shared_ptr<const Pool>> pools_;  // in the configuration's order
  std::vector<std::shared_ptr<Instance>> own_;      // in the configuration's order; null where one failed, or is unused
  std::vector<std::string> own_sha256_;             // of their modules
  std::map<Place, std::shared_ptr<Instance>> swapped_;
  std::vector<std::shared_ptr<Instance>> instances_;
  std::shared_ptr<const InnerChains> inner_chains_;
  std::vector<std::shared_ptr<const TlsContext>> tls_;  // of listeners; null where they speak none
  std::vector<TlsFileStates> tls_files_;                // the same
  std::vector<std::shared_ptr<const Listener>> listeners_;
  std::vector<OpenAddress> addresses_;
};

/// Ends and unloads instances that nothing else holds, the last one first. One that hangs is named.
void end_instances(std::vector<std::shared_ptr<Instance>> instances, const Config& config, Modules& modules);
/// The same with those of an assembly that nothing else holds.
void end_assembly(std::shared_ptr<const Assembly> assembly, const Config& config, Modules& modules);

}  // namespace radhost
