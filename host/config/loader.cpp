// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <glob.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "config/pool_mistakes.h"
#include "config/schema.h"
#include "config/secret_places.h"
#include "config/tls_mistakes.h"
#include "config/toml_reader.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

/// Reads one configuration: the file, what it includes, and then what holds between its parts.
class Loader {
 public:
  explicit Loader(std::vector<ConfigError>& errors) : errors_(errors) {}

  void read_root(const ConfigValue& root, const fs::path& folder);
  void check();
  Config take() { return std::move(config_); }

 private:
  void read_file(const ConfigValue& root, const fs::path& folder);
  void read_clients(const ConfigValue& value, const fs::path& folder);
  void read_plugins(const ConfigValue& value, const fs::path& folder);
  void read_chains(const ConfigValue& value);
  void read_pools(const ConfigValue& value, const fs::path& folder);
  void read_listeners(const ConfigValue& value, const fs::path& folder);
  void include(const std::vector<std::string>& patterns, const fs::path& folder);
  void check_name(const ConfigValue& table, const std::string& name, std::set<std::string>& names,
                  std::string_view what);
  void check_clients();
  bool meet(const ClientConfig& one, const ClientConfig& other) const;
  void check_plugins();
  void check_names(const ConfigValue& value, std::string_view what, const std::set<std::string>& names);
  void check_listener(const ListenerConfig& listener, const ConfigValue& table);
  void check_user();
  void check_files();
  void not_built_yet(const ConfigValue& value, std::string_view what) {
    fail(value.key_position.line != 0 ? value.key_position : value.position, std::string(what) + " is not built yet");
  }
  void fail(const Position& position, std::string message) { errors_.push_back({position, std::move(message)}); }

  std::vector<ConfigError>& errors_;
  Config config_;
  std::vector<std::pair<size_t, ConfigValue>> listener_tables_;  // by index in config_.listeners
  std::vector<ConfigValue> client_tables_;                       // by index in config_.clients
  std::vector<ConfigValue> pool_tables_;                         // by index in config_.pools
  std::vector<ConfigValue> chain_tables_;
  std::set<std::string> client_names_, plugin_names_, chain_names_, pool_names_, listener_names_;
  ConfigValue server_table_;
};

/// Is a list not there, or there without elements? Another value has had its error.
bool is_missing(const ConfigValue& table, std::string_view key) {
  const ConfigValue* value = table.find(key);
  return value == nullptr || (value->array() != nullptr && value->array()->empty());
}

void Loader::read_root(const ConfigValue& root, const fs::path& folder) {
  read_file(root, folder);
  std::vector<std::string> patterns = config_.server.include;
  include(patterns, folder);
}

void Loader::read_file(const ConfigValue& root, const fs::path& folder) {
  static const std::vector<std::string_view> known{"server", "log",      "client", "plugin", "chain",
                                                   "pool",   "listener", "store",  "metrics"};
  for (const ConfigValue::Member& member : *root.table()) {
    const auto& [key, value] = member;
    if (key == "server") {
      server_table_ = value;
      read_table(value, server_fields(), config_.server, errors_);
      if (value.find("dictionary") != nullptr)
        for (std::string& path : config_.server.dictionary) resolve(path, folder);
      if (value.find("plugin_path") != nullptr)
        for (std::string& path : config_.server.plugin_path) resolve(path, folder);
      resolve(config_.server.state_directory, folder);
      resolve(config_.server.control, folder);
    } else if (key == "log") {
      read_table(value, log_fields(), config_.log, errors_);
      bool is_file = config_.log.target != "stderr" && config_.log.target != "syslog";
      if (is_file) resolve(config_.log.target, folder);
    } else if (key == "client") {
      read_clients(value, folder);
    } else if (key == "plugin") {
      read_plugins(value, folder);
    } else if (key == "listener") {
      read_listeners(value, folder);
    } else if (key == "metrics") {
      read_table(value, metrics_fields(), config_.metrics, errors_);
    } else if (key == "pool") {
      read_pools(value, folder);
    } else if (key == "store") {
      read_table(value, store_fields(), config_.store, errors_);
    } else if (key == "chain") {
      read_chains(value);
    } else {
      report_unknown_key(member, known, errors_);
    }
  }
}

void Loader::include(const std::vector<std::string>& patterns, const fs::path& folder) {
  for (const std::string& pattern : patterns) {
    std::string absolute = (folder / pattern).string();
    glob_t found{};
    if (glob(absolute.c_str(), 0, nullptr, &found) == 0) {
      for (size_t i = 0; i < found.gl_pathc; ++i) {
        fs::path path = found.gl_pathv[i];
        auto root = read_toml_file(path.string(), errors_);
        if (!root) continue;
        const ConfigValue* server = root->find("server");
        const ConfigValue* nested = server == nullptr ? nullptr : server->find("include");
        if (nested != nullptr) fail(nested->position, "an included file includes no others");
        read_file(*root, path.parent_path());
      }
    } else if (pattern.find_first_of("*?[") == std::string::npos) {
      fail(where(server_table_, "include"), "there is no file " + listed(absolute));
    }
    globfree(&found);
  }
}

void Loader::check_name(const ConfigValue& table, const std::string& name, std::set<std::string>& names,
                        std::string_view what) {
  if (!is_name(name)) {
    std::string message = name.empty() ? "this " + std::string(what) + " has no name" : listed(name) + " is not a name";
    fail(where(table, "name"), message + "; names are letters, digits, _ and -");
  } else if (!names.insert(name).second) {
    fail(where(table, "name"), "there is a " + std::string(what) + " " + listed(name) + " already");
  }
}

/// The tables of an array of tables, or nothing with an error.
const ConfigValue::Array* tables_of(const ConfigValue& value, std::string_view name, std::vector<ConfigError>& errors) {
  if (const ConfigValue::Array* array = value.array()) return array;
  errors.push_back({value.key_position, "write [[" + std::string(name) + "]]: there may be several"});
  return nullptr;
}

void Loader::read_clients(const ConfigValue& value, const fs::path& folder) {
  const ConfigValue::Array* tables = tables_of(value, "client", errors_);
  if (tables == nullptr) return;
  for (const ConfigValue& table : *tables) {
    ClientConfig client;
    read_table(table, client_fields(), client, errors_);
    client.position = table.position;
    check_name(table, client.name, client_names_, "client");
    bool proves_itself = table.find("certificate") != nullptr || table.find("psk") != nullptr;
    if (client.address.empty() && is_missing(table, "address") && !proves_itself)
      fail(where(table, "address"), "this client has no address");
    if (has_secret(table))
      load_secret(table, {client.secret, client.secret_file, client.secret_env, "client"}, folder, errors_);
    if (const ConfigValue* part = table.find("certificate")) report_certificate_mistakes(*part, client, errors_);
    if (const ConfigValue* part = table.find("psk")) load_psk(*part, *client.psk, folder, errors_);
    config_.clients.push_back(std::move(client));
    client_tables_.push_back(table);
  }
}

void Loader::read_plugins(const ConfigValue& value, const fs::path& folder) {
  const ConfigValue::Table* tables = expect_table(value, errors_);
  if (tables == nullptr) return;
  for (const auto& [name, table] : *tables) {
    PluginConfig plugin;
    plugin.config.value = ConfigValue::Table{};
    plugin.config.position = table.position;
    read_table(table, plugin_fields(), plugin, errors_);
    plugin.name = name;
    plugin.position = table.key_position.line != 0 ? table.key_position : table.position;
    plugin.base_directory = folder.string();
    if (!is_name(name)) fail(plugin.position, listed(name) + " is not a name; names are letters, digits, _ and -");
    if (!plugin_names_.insert(name).second) fail(plugin.position, "there is a plugin " + listed(name) + " already");
    if (plugin.module.empty()) {
      fail(plugin.position, "plugin " + listed(name) + " names no module");
    } else {
      bool is_path = plugin.module.find('/') != std::string::npos;
      if (is_path) resolve(plugin.module, folder);
      plugin.position = where(table, "module");
    }
    config_.plugins.push_back(std::move(plugin));
  }
}

void Loader::read_chains(const ConfigValue& value) {
  const ConfigValue::Table* tables = expect_table(value, errors_);
  if (tables == nullptr) return;
  for (const auto& [name, table] : *tables) {
    ChainConfig chain;
    read_table(table, chain_fields(), chain, errors_);
    chain.name = name;
    chain.position = table.key_position.line != 0 ? table.key_position : table.position;
    if (!is_name(name)) fail(chain.position, listed(name) + " is not a name; names are letters, digits, _ and -");
    if (!chain_names_.insert(name).second) fail(chain.position, "there is a chain " + listed(name) + " already");
    if (chain.handlers.empty() && is_missing(table, "handlers"))
      fail(where(table, "handlers"), "this chain has no handlers");
    chain_tables_.push_back(table);
    config_.chains.push_back(std::move(chain));
  }
}

void Loader::read_pools(const ConfigValue& value, const fs::path& folder) {
  const ConfigValue::Table* tables = expect_table(value, errors_);
  if (tables == nullptr) return;
  for (const auto& [name, table] : *tables) {
    PoolConfig pool;
    read_table(table, pool_fields(), pool, errors_);
    pool.name = name;
    pool.position = table.key_position.line != 0 ? table.key_position : table.position;
    if (!is_name(name)) fail(pool.position, listed(name) + " is not a name; names are letters, digits, _ and -");
    if (!pool_names_.insert(name).second) fail(pool.position, "there is a pool " + listed(name) + " already");
    const ConfigValue* servers = table.find("servers");
    const ConfigValue::Array* elements = servers == nullptr ? nullptr : servers->array();
    for (size_t i = 0; i < pool.servers.size(); ++i) {
      PoolServerConfig& server = pool.servers[i];
      // Over TLS nothing is shared but what everybody knows (RFC 6614 §2.3).
      if (server.transport == Transport::Udp || server.transport == Transport::Tcp || has_secret((*elements)[i]))
        load_secret((*elements)[i], {server.secret, server.secret_file, server.secret_env, "server"}, folder, errors_);
      report_server_tls_mistakes((*elements)[i], server, folder, errors_);
    }
    report_pool_mistakes(table, pool, errors_);
    if (config_.pools.size() == PoolConfig::pools_max)
      return fail(pool.position, "there are more than " + std::to_string(PoolConfig::pools_max) + " pools");
    pool_tables_.push_back(table);
    config_.pools.push_back(std::move(pool));
  }
}

void Loader::read_listeners(const ConfigValue& value, const fs::path& folder) {
  const ConfigValue::Array* tables = tables_of(value, "listener", errors_);
  if (tables == nullptr) return;
  for (const ConfigValue& table : *tables) {
    ListenerConfig listener;
    read_table(table, listener_fields(), listener, errors_);
    listener.position = table.position;
    check_name(table, listener.name, listener_names_, "listener");
    if (listener.transport == Transport::Dtls) not_built_yet(*table.find("transport"), "transport \"dtls\"");
    report_stream_mistakes(table, listener, folder, errors_);
    if (listener.address.empty() && is_missing(table, "address"))
      fail(where(table, "address"), "this listener has no address");
    if (listener.accepts.empty() && is_missing(table, "accepts"))
      fail(where(table, "accepts"), "this listener accepts nothing: give accepts = [\"access\"] or the like");
    listener_tables_.emplace_back(config_.listeners.size(), table);
    config_.listeners.push_back(std::move(listener));
  }
}

void Loader::check() {
  report_missing_secrets(config_, client_tables_, errors_);
  check_clients();
  report_shared_keys(config_, client_tables_, errors_);
  report_keys_of_both_ways(config_, pool_tables_, errors_);
  report_ambiguous_certificates(config_, client_tables_, errors_);
  check_plugins();
  for (const ConfigValue& table : chain_tables_)
    if (const ConfigValue* handlers = table.find("handlers")) check_names(*handlers, "plugin", plugin_names_);
  std::set<std::pair<bool, SocketAddress>> addresses;
  for (auto& [index, table] : listener_tables_) {
    const ListenerConfig& listener = config_.listeners[index];
    check_listener(listener, table);
    for (const SocketAddress& address : listener.address)
      if (address.port != 0 && !addresses.insert({listener.is_stream(), address}).second)
        fail(where(table, "address"), "another listener has the address " + address.to_text() + " already");
  }
  check_user();
  check_files();
}

/// Is there a listener that serves both?
bool Loader::meet(const ClientConfig& one, const ClientConfig& other) const {
  auto serves_both = [&](const ListenerConfig& listener) { return listener.serves(one.name) && listener.serves(other.name); };
  return config_.listeners.empty() || std::any_of(config_.listeners.begin(), config_.listeners.end(), serves_both);
}

/// RFC 6613 §2.1: a source may have another secret at another port, but one at each.
void Loader::check_clients() {
  std::vector<std::pair<Prefix, const ClientConfig*>> owners;
  for (size_t i = 0; i < config_.clients.size(); ++i)
    for (const Prefix& prefix : config_.clients[i].address) owners.emplace_back(prefix, &config_.clients[i]);
  auto order = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::stable_sort(owners.begin(), owners.end(), order);
  for (size_t i = 1; i < owners.size(); ++i) {
    const ClientConfig& client = *owners[i].second;
    for (size_t earlier = i; earlier > 0 && owners[earlier - 1].first == owners[i].first; --earlier) {
      const ClientConfig& other = *owners[earlier - 1].second;
      if (&other != &client && !meet(other, client)) continue;
      fail(where(client_tables_[static_cast<size_t>(&client - config_.clients.data())], "address"),
           "client " + listed(other.name) + " has the address " + owners[i].first.to_text() + " already");
      break;
    }
  }
}

void Loader::check_plugins() {
  for (const PluginConfig& plugin : config_.plugins) {
    if (plugin.module.empty() || !find_module(config_.server, plugin.module).empty()) continue;
    bool is_path = plugin.module.find('/') != std::string::npos;
    fail(plugin.position, is_path ? "there is no file " + listed(plugin.module)
                                  : "no folder of plugin_path has " + listed(plugin.module + ".so"));
  }
}

/// Looks at each name of a list, or of the lists of a table: is there a `what` of this name? The position of a name is
/// that of the text that holds it.
void Loader::check_names(const ConfigValue& value, std::string_view what, const std::set<std::string>& names) {
  if (const std::string* name = std::get_if<std::string>(&value.value)) {
    if (names.count(*name) != 0) return;
    std::string_view nearest = nearest_word(*name, {names.begin(), names.end()});
    fail(value.position, "there is no " + std::string(what) + " " + listed(*name) +
                             (nearest.empty() ? std::string() : "; did you mean " + listed(nearest) + "?"));
  } else if (const ConfigValue::Array* array = value.array()) {
    for (const ConfigValue& element : *array) check_names(element, what, names);
  } else if (const ConfigValue::Table* members = value.table()) {
    for (const auto& [key, element] : *members) check_names(element, what, names);
  }
}

void Loader::check_listener(const ListenerConfig& listener, const ConfigValue& table) {
  report_unreachable_clients(config_, listener, table, errors_);
  if (const ConfigValue* handlers = table.find("handlers")) check_names(*handlers, "plugin", plugin_names_);
  if (const ConfigValue* names = table.find("clients")) check_names(*names, "client", client_names_);
  for (size_t kind = 0; kind < request_kind_count; ++kind) {
    bool by_kind = table.find("handlers") != nullptr && table.find("handlers")->table() != nullptr;
    bool accepted = std::find(listener.accepts.begin(), listener.accepts.end(), static_cast<RequestKind>(kind)) !=
                    listener.accepts.end();
    if (by_kind && !listener.handlers[kind].empty() && !accepted)
      fail(table.find("handlers")->position,
           "handlers are given for " + listed(kind_word(static_cast<RequestKind>(kind))) + ", which is not accepted");
  }
}

/// A user that the file names must exist; the default one need not, for those who never installed a package.
void Loader::check_user() {
  const ConfigValue* user = server_table_.find("user");
  bool is_default = config_.server.user == ServerConfig{}.user;
  bool matters = user != nullptr && geteuid() == 0 && !is_default && !config_.server.user.empty();
  if (matters && getpwnam(config_.server.user.c_str()) == nullptr)
    fail(user->position, "there is no user " + listed(config_.server.user));
}

void Loader::check_files() {
  for (const std::string& path : config_.server.dictionary) {
    std::error_code error;
    if (!fs::is_regular_file(path, error))
      fail(where(server_table_, "dictionary"), "there is no dictionary " + listed(path));
  }
}

Config load(std::optional<ConfigValue> root, const std::string& path, std::vector<ConfigError>& errors) {
  Loader loader(errors);
  if (!root) return loader.take();
  loader.read_root(*root, fs::absolute(path).parent_path());
  loader.check();
  return loader.take();
}

}  // namespace

Config load_config(const std::string& path, std::vector<ConfigError>& errors) {
  return load(read_toml_file(path, errors), path, errors);
}

Config load_config_text(std::string_view text, const std::string& name, std::vector<ConfigError>& errors) {
  return load(read_toml(text, name, errors), name, errors);
}

std::string find_module(const ServerConfig& server, const std::string& module) {
  std::error_code error;
  if (module.find('/') != std::string::npos) return fs::is_regular_file(module, error) ? module : std::string();
  for (const std::string& folder : server.plugin_path) {
    fs::path candidate = fs::path(folder) / (module + ".so");
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  }
  return {};
}

std::string print_default_config() {
  Config config;
  config.clients.emplace_back();
  config.plugins.emplace_back().name = "NAME";
  config.chains.emplace_back().name = "NAME";
  config.pools.emplace_back().name = "NAME";
  config.listeners.emplace_back();
  return print_config(config);
}

std::string print_config(const Config& config) {
  std::ostringstream out;
  out << "[server]\n" << print_table(config.server, server_fields());
  out << "\n[log]\n" << print_table(config.log, log_fields());
  for (const ClientConfig& client : config.clients) out << "\n[[client]]\n" << print_table(client, client_fields());
  for (const PluginConfig& plugin : config.plugins)
    out << "\n[plugin." << plugin.name << "]\n" << print_table(plugin, plugin_fields());
  for (const ChainConfig& chain : config.chains)
    out << "\n[chain." << chain.name << "]\n" << print_table(chain, chain_fields());
  for (const PoolConfig& pool : config.pools)
    out << "\n[pool." << pool.name << "]\n" << print_table(pool, pool_fields());
  for (const ListenerConfig& listener : config.listeners) {
    out << "\n[[listener]]\n" << print_table(listener, listener_fields());
    out << "[listener.duplicates]\n" << print_table(listener.duplicates, duplicates_fields());
    bool is_tls = listener.transport == Transport::Tls || listener.transport == Transport::Dtls;
    if (is_tls) out << "[listener.tls]\n" << print_table(listener.tls, tls_fields());
    if (listener.transport == Transport::Tcp) out << "[listener.tcp]\n";
    if (listener.is_stream()) out << print_table(listener.stream, stream_fields());
  }
  out << "\n[store]\n" << print_table(config.store, store_fields());
  out << "\n[metrics]\n" << print_table(config.metrics, metrics_fields());
  return out.str();
}

}  // namespace radhost
