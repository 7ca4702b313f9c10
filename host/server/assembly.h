// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "dictionary/dictionary.h"
#include "exchange/listener.h"
#include "exchange/pool.h"
#include "plugin/inner_chains.h"
#include "plugin/instance.h"
#include "plugin/lifecycle_thread.h"

namespace radhost {

/// Everything that a configuration makes before a port is opened: dictionary, clients, instances, listeners.
/// Immutable once built. `radhost check` builds one and ends; the server serves it.
class Assembly {
 public:
  /// Every mistake is added to `errors`; what is right is built all the same, so that all mistakes are found.
  /// Modules are copied below `state_directory`, and live on `lifecycle`, which outlives this.
  Assembly(const Config& config, const std::string& state_directory, Log& log, LifecycleThread& lifecycle,
           std::vector<ConfigError>& errors);
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;
  ~Assembly() { end(); }

  /// Ends and unloads the modules, when nothing else of the program uses them any more. One that hangs is named.
  void end();

  const Config& config() const { return config_; }
  const Dictionary& dictionary() const { return dictionary_; }
  const std::vector<std::shared_ptr<const Listener>>& listeners() const { return listeners_; }
  const std::vector<std::shared_ptr<Instance>>& instances() const { return instances_; }
  const std::vector<std::shared_ptr<const Client>>& clients() const { return clients_; }
  const std::deque<Pool>& pools() const { return pools_; }
  size_t home_server_count() const;
  TokenTable& tokens() const { return *tokens_; }
  LifecycleThread& lifecycle() const { return lifecycle_; }
  ExtensionServices& extensions() const { return *extensions_; }

 private:
  void load_dictionaries(std::vector<ConfigError>& errors);
  void create_instances(const std::string& state_directory, std::vector<ConfigError>& errors);
  std::shared_ptr<Library> load_library(const PluginConfig& plugin, const std::string& path,
                                        const std::string& state_directory, std::vector<ConfigError>& errors);
  void name_findings(const PluginConfig& plugin, const Library& library);
  std::shared_ptr<Instance> create_instance(const PluginConfig& plugin, const std::shared_ptr<Library>& library,
                                            std::vector<ConfigError>& errors);
  void make_clients();
  void make_pools();
  void make_inner_chains();
  void make_listeners();
  std::shared_ptr<const ChainVersion> make_chain(const std::vector<std::string>& names, RequestKind kind) const;

  Config config_;
  Log& log_;
  LifecycleThread& lifecycle_;
  Dictionary dictionary_;
  std::unique_ptr<TokenTable> tokens_ = std::make_unique<TokenTable>();
  std::unique_ptr<ExtensionServices> extensions_;
  std::vector<std::shared_ptr<const Client>> clients_;
  std::deque<Pool> pools_;                            // in the configuration's order
  std::vector<std::shared_ptr<Instance>> instances_;  // in the configuration's order; null where one failed
  InnerChains inner_chains_;
  std::vector<std::shared_ptr<const Listener>> listeners_;
};

}  // namespace radhost
