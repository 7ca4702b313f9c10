// SPDX-License-Identifier: Apache-2.0
#include "server/assembly.h"

#include <algorithm>

#include "base/background.h"
#include "config/changes.h"
#include "config/loader.h"
#include "dictionary/parser.h"
#include "exchange/pool_clients.h"
#include "server/pool_tls.h"

namespace radhost {
namespace {

void refuse_name(const Position& position, std::string_view what, size_t most, std::vector<ConfigError>& errors) {
  errors.push_back({position, "there have been too many names of " + std::string(what) +
                                  "s since the server began: " + std::to_string(most) + "; restart it"});
}

/// Where a file of a listener's TLS is named.
const Position& where(TlsMistake::In in, const ListenerConfig& listener) {
  switch (in) {
    case TlsMistake::In::Certificate: return listener.tls.certificate_position;
    case TlsMistake::In::Key: return listener.tls.key_position;
    case TlsMistake::In::Ca: return listener.tls.ca_position;
    case TlsMistake::In::Crl: return listener.tls.crl_position;
    case TlsMistake::In::System: break;
  }
  return listener.position;
}

/// Are instances bounded as they were?
bool are_bounds_same(const Config& before, const Config& after) {
  const ServerConfig &was = before.server, &is = after.server;
  return was.offload_threads == is.offload_threads && was.offload_queue == is.offload_queue &&
         was.handler_warn_ms == is.handler_warn_ms && was.max_watches == is.max_watches &&
         before.store.max_waiting == after.store.max_waiting &&
         before.metrics.max_per_plugin == after.metrics.max_per_plugin;
}

}  // namespace

Assembly::Assembly(const Config& config, Modules& modules, std::vector<ConfigError>& errors)
    : Assembly(config, nullptr, modules, errors) {}

Assembly::Assembly(const Config& config, const From& from, Modules& modules, std::vector<ConfigError>& errors)
    : Assembly(config, &from, modules, errors) {}

Assembly::Assembly(const Config& config, const From* from, Modules& modules, std::vector<ConfigError>& errors)
    : foundation_(modules.foundation()), config_(std::make_shared<const Config>(config)) {
  read_dictionary(from, errors);
  make_pools(from, errors);
  create_instances(from, modules, errors);
  make_records(errors);
  make_tls(errors);
  if (!errors.empty()) return;
  make_clients();
  make_inner_chains();
  make_listeners();
}

Assembly::Assembly(const Assembly& from, const Place& place, std::shared_ptr<Instance> instance)
    : foundation_(from.foundation_),
      config_(from.config_),
      dictionary_(from.dictionary_),
      clients_(from.clients_),
      pools_(from.pools_),
      own_(from.own_),
      own_sha256_(from.own_sha256_),
      swapped_(from.swapped_),
      instances_(from.instances_),
      inner_chains_(from.inner_chains_),
      tls_(from.tls_),
      tls_files_(from.tls_files_),
      listeners_(from.listeners_),
      addresses_(from.addresses_) {
  std::shared_ptr<Instance> before = from.instance_at(place);
  add_instance(instance);
  swapped_[place] = std::move(instance);
  const Listener& known = *from.listeners_[place.listener];
  listeners_[place.listener] = make_listener(place.listener, {known.clients, known.tls_clients, known.tls});
  if (is_used(*before)) return;
  std::erase(instances_, before);
  std::replace(own_.begin(), own_.end(), before, std::shared_ptr<Instance>());
}

/// The one that there is goes on where its files are as they were.
void Assembly::read_dictionary(const From* from, std::vector<ConfigError>& errors) {
  const std::vector<std::string>& paths = config().server.dictionary;
  const Assembly* before = from == nullptr ? nullptr : &from->before;
  bool goes_on = before != nullptr && before->config().server.dictionary == paths &&
                 before->dictionary_->changed_files().empty();
  if (goes_on) {
    dictionary_ = before->dictionary_;
    return;
  }
  dictionary_ = std::make_shared<Dictionary>();
  do_in_background([&] {
    for (const DictionaryError& error : parse_dictionaries(paths, *dictionary_)) {
      Position position{std::make_shared<const std::string>(error.file), error.line, 1};
      errors.push_back({position, error.message});
    }
    dictionary_->finish(before == nullptr ? nullptr : before->dictionary_.get());
  });
}

/// Those that were swapped in, in the places that there still are.
void Assembly::keep_swapped(const Assembly& before, Modules& modules, std::vector<ConfigError>& errors) {
  for (const auto& [earlier, instance] : before.swapped_) {
    auto place = find_place(before.config().listeners[earlier.listener].name, instance->name());
    if (!place) continue;
    const PluginConfig& plugin = config().plugins[place->plugin];
    std::shared_ptr<Instance> kept = instance;
    if (!may_stay(*instance, plugin, before))
      kept = modules.create(plugin, instance->share_library(), surroundings(), errors);
    if (kept == nullptr) continue;
    swapped_[*place] = kept;
    add_instance(kept);
  }
}

/// What was swapped in once, of the copies of its files.
void Assembly::swap_again(const Files& files, const Assembly& before, Modules& modules, Libraries& libraries,
                          std::vector<ConfigError>& errors) {
  for (const auto& [names, copy] : files.swapped) {
    auto place = find_place(names.first, names.second);
    if (!place) continue;
    const PluginConfig& plugin = config().plugins[place->plugin];
    std::shared_ptr<Library> library = load(plugin, copy, modules, libraries, errors);
    if (library == nullptr) continue;
    std::shared_ptr<Instance> instance = find_alike(before, plugin, *library);
    if (instance == nullptr) instance = modules.create(plugin, library, surroundings(), errors);
    if (instance == nullptr) continue;
    swapped_[*place] = instance;
    add_instance(instance);
  }
}

/// Nothing where the listener does not have the plugin in any chain.
std::optional<Assembly::Place> Assembly::find_place(const std::string& listener, const std::string& plugin) const {
  for (size_t number = 0; number < config().listeners.size(); ++number) {
    if (config().listeners[number].name != listener) continue;
    for (const std::vector<std::string>& names : config().listeners[number].handlers)
      if (std::find(names.begin(), names.end(), plugin) != names.end()) return Place{number, number_of(plugin)};
  }
  return std::nullopt;
}

/// An instance that was made before, as one of this library would be; null when there is none.
std::shared_ptr<Instance> Assembly::find_alike(const Assembly& before, const PluginConfig& plugin,
                                               const Library& library) const {
  auto found = std::find_if(before.instances_.begin(), before.instances_.end(), [&](const auto& instance) {
    return instance->name() == plugin.name && instance->library().sha256() == library.sha256() &&
           may_stay(*instance, plugin, before);
  });
  return found == before.instances_.end() ? nullptr : *found;
}

/// Would it be made alike, of the same library?
bool Assembly::may_stay(const Instance& instance, const PluginConfig& plugin, const Assembly& before) const {
  const PluginConfig* earlier = before.config().plugin(plugin.name);
  bool is_same = earlier != nullptr && is_same_plugin(*earlier, plugin);
  if (!is_same || !are_bounds_same(before.config(), config()) || before.dictionary_ != dictionary_) return false;
  const auto& chains = config().chains;
  bool has_chains = std::all_of(instance.chains().begin(), instance.chains().end(), [&](const std::string& name) {
    return std::any_of(chains.begin(), chains.end(), [&](const ChainConfig& chain) { return chain.name == name; });
  });
  bool has_pools = std::all_of(instance.pools().begin(), instance.pools().end(), [&](const NamedPool& named) {
    return std::find(pools_.begin(), pools_.end(), named.pool) != pools_.end();
  });
  bool finds_more = std::any_of(pools_.begin(), pools_.end(), [&](const std::shared_ptr<const Pool>& pool) {
    const auto& missed = instance.missed_pools();
    return std::find(missed.begin(), missed.end(), pool->name()) != missed.end();
  });
  return has_chains && has_pools && !finds_more && instance.changed_files().empty();
}

/// Does the plugin serve anywhere but where others were swapped in? One that serves nowhere is made too.
bool Assembly::needs_own(size_t plugin) const {
  auto names_it = [&](const std::vector<std::string>& handlers) {
    return std::find(handlers.begin(), handlers.end(), config().plugins[plugin].name) != handlers.end();
  };
  bool is_swapped_somewhere = false;
  for (size_t listener = 0; listener < config().listeners.size(); ++listener) {
    const HandlerNames& handlers = config().listeners[listener].handlers;
    if (std::none_of(handlers.begin(), handlers.end(), names_it)) continue;
    if (!swapped_.contains({listener, plugin})) return true;
    is_swapped_somewhere = true;
  }
  bool is_inside = std::any_of(config().chains.begin(), config().chains.end(),
                               [&](const ChainConfig& chain) { return names_it(chain.handlers); });
  return is_inside || !is_swapped_somewhere;
}

void Assembly::add_instance(const std::shared_ptr<Instance>& instance) {
  if (!has(instance)) instances_.push_back(instance);
}

bool Assembly::has(const std::shared_ptr<Instance>& instance) const {
  return std::find(instances_.begin(), instances_.end(), instance) != instances_.end();
}

/// Null, with an error, where it cannot be had.
std::shared_ptr<Library> Assembly::load(const PluginConfig& plugin, const std::string& path, Modules& modules,
                                        Libraries& libraries, std::vector<ConfigError>& errors) const {
  std::shared_ptr<Library>& library = libraries[path];
  if (library != nullptr) return library;
  auto loaded = modules.load(plugin, path);
  if (loaded.ok()) library = std::move(*loaded);
  else errors.push_back({plugin.position, loaded.error()});
  return library;
}

void Assembly::create_instances(const From* from, Modules& modules, std::vector<ConfigError>& errors) {
  Libraries libraries;
  const Files* files = from == nullptr ? nullptr : from->files;
  if (files != nullptr) swap_again(*files, from->before, modules, libraries, errors);
  else if (from != nullptr && from->keep_swaps) keep_swapped(from->before, modules, errors);
  for (size_t number = 0; number < config().plugins.size(); ++number) {
    const PluginConfig& plugin = config().plugins[number];
    std::shared_ptr<Instance>& instance = own_.emplace_back();
    std::string& sha256 = own_sha256_.emplace_back();
    bool is_known = files != nullptr && files->own.contains(plugin.name);
    std::string path = is_known ? files->own.at(plugin.name) : find_module(config().server, plugin.module);
    if (path.empty()) continue;  // the loader has said so
    std::shared_ptr<Library> library = load(plugin, path, modules, libraries, errors);
    if (library == nullptr) continue;
    sha256 = library->sha256();
    if (!needs_own(number)) continue;
    if (from != nullptr) instance = find_alike(from->before, plugin, *library);
    if (instance == nullptr) instance = modules.create(plugin, library, surroundings(), errors);
    if (instance != nullptr) add_instance(instance);
  }
  // A library that no instance uses is unloaded where it was loaded.
  for (auto& [path, library] : libraries)
    if (library != nullptr && library.use_count() == 1)
      modules.unload(path, std::move(library), config().server.drain_timeout_ms);
}

Assembly::Files Assembly::files() const {
  Files files;
  for (size_t plugin = 0; plugin < own_sha256_.size(); ++plugin)
    files.own[config().plugins[plugin].name] =
        Library::copy_of(own_sha256_[plugin], foundation_.state_directory);
  for (const auto& [place, instance] : swapped_)
    files.swapped[{config().listeners[place.listener].name, instance->name()}] = instance->library().copy();
  return files;
}

/// Names that there have never been need room among those that are remembered.
void Assembly::make_records(std::vector<ConfigError>& errors) {
  for (const ListenerConfig& listener : config().listeners)
    if (foundation_.listeners.of(listener.name) == nullptr)
      return refuse_name(listener.position, "listener", foundation_.listeners.records_max(), errors);
  for (const ClientConfig& client : config().clients)
    if (foundation_.clients.of(client.name) == nullptr)
      return refuse_name(client.position, "client", foundation_.clients.records_max(), errors);
}

void Assembly::make_clients() {
  for (const ClientConfig& client : config().clients)
    clients_.push_back(std::make_shared<const Client>(client, *foundation_.clients.of(client.name)));
}

/// Those of which the configuration, and the files that it names, say the same stay, with all that they know of their
/// servers.
void Assembly::make_pools(const From* from, std::vector<ConfigError>& errors) {
  for (const PoolConfig& config : config().pools) {
    std::shared_ptr<const Pool> pool;
    if (from != nullptr)
      for (const std::shared_ptr<const Pool>& known : from->before.pools_)
        if (known->name() == config.name && is_same_pool(known->config, config) && changed_tls_files(*known).empty())
          pool = known;
    if (pool == nullptr) pool = make_pool(config, errors);
    if (pool != nullptr) pools_.push_back(std::move(pool));
  }
}

/// Null, with an error, where there is no room for it.
std::shared_ptr<const Pool> Assembly::make_pool(const PoolConfig& config, std::vector<ConfigError>& errors) {
  std::vector<size_t> indices;
  for (const PoolServerConfig& server : config.servers) {
    const HomeServerRecord* record = foundation_.home_servers.of(config.name + " " + server.address.to_text());
    if (record == nullptr) {
      refuse_name(config.position, "server", foundation_.home_servers.records_max(), errors);
      return nullptr;
    }
    indices.push_back(record->index);
  }
  auto& numbers = foundation_.pools;
  auto free = std::find_if(numbers.begin(), numbers.end(), [](const auto& pool) { return pool.expired(); });
  if (free == numbers.end() && numbers.size() == PoolClients::numbers_max) {
    errors.push_back({config.position, "there are too many pools, those included that are still being answered"});
    return nullptr;
  }
  if (free == numbers.end()) free = numbers.emplace(free);
  size_t number = static_cast<size_t>(free - numbers.begin()) + 1;
  auto pool = std::make_shared<const Pool>(config, number, indices, make_pool_tls(config, errors));
  *free = pool;
  return pool;
}

void Assembly::make_inner_chains() {
  auto chains = std::make_shared<InnerChains>();
  // They name each other, and who runs one holds all.
  std::shared_ptr<const InnerChains> not_held(std::shared_ptr<void>(), chains.get());
  for (const ChainConfig& chain : config().chains)
    chains->add(chain.name, make_chain(chain.handlers, RequestKind::Access, not_held, std::nullopt));
  inner_chains_ = std::move(chains);
}

void Assembly::make_listeners() {
  for (size_t i = 0; i < config().listeners.size(); ++i)
    listeners_.push_back(make_listener(i, make_doors(i)));
}

/// Reads certificates, keys and lists, for what they are by now.
void Assembly::make_tls(std::vector<ConfigError>& errors) {
  bool has_psks = std::any_of(config().clients.begin(), config().clients.end(),
                              [](const ClientConfig& client) { return client.psk.has_value(); });
  for (const ListenerConfig& listener : config().listeners) {
    tls_.emplace_back();
    tls_files_.emplace_back();
    if (listener.transport != Transport::Tls) continue;
    const TlsConfig& from = listener.tls;
    for (const std::string& path : {from.certificate, from.key, from.ca, from.crl})
      if (!path.empty()) tls_files_.back().emplace_back(path, FileState::of(path));
    auto speaks = [&](std::string_view version) {
      return std::find(from.radius_versions.begin(), from.radius_versions.end(), version) != from.radius_versions.end();
    };
    auto made = TlsContext::for_server({{from.certificate, from.key, from.ca, from.crl},
                                        from.require_client_certificate,
                                        from.minimum_version,
                                        {speaks("1.0"), speaks("1.1")},
                                        has_psks});
    if (made.ok()) tls_.back() = std::move(*made);
    else errors.push_back({where(made.error().in, listener), made.error().why});
  }
}

Assembly::Doors Assembly::make_doors(size_t number) const {
  const ListenerConfig& listener = config().listeners[number];
  auto table = std::make_shared<ClientTable>();
  auto tls_clients = std::make_shared<TlsClients>();
  for (size_t i = 0; i < clients_.size(); ++i) {
    const ClientConfig& client = config().clients[i];
    bool served = listener.clients.empty() ||
                  std::find(listener.clients.begin(), listener.clients.end(), client.name) != listener.clients.end();
    if (!served) continue;
    if (tls_[number] != nullptr) tls_clients->add(client, clients_[i]);
    // Who has no secret comes over TLS alone.
    else if (!client.secret.empty()) table->add(client.address, clients_[i]);
  }
  return {std::move(table), std::move(tls_clients), tls_[number]};
}

std::shared_ptr<const Listener> Assembly::make_listener(size_t number, Doors doors) const {
  const ListenerConfig& from = config().listeners[number];
  auto listener = std::make_shared<Listener>(*foundation_.listeners.of(from.name), foundation_.workers);
  for (RequestKind kind : from.accepts) listener->accepts[static_cast<size_t>(kind)] = true;
  listener->main_kind = from.accepts.front();
  listener->status_server = from.status_server;
  listener->max_in_flight = from.max_in_flight;
  listener->reject_delay_ns = uint64_t{from.reject_delay_ms} * 1000000;
  listener->event_timestamp_window_s = from.event_timestamp_window_s;
  listener->require_event_timestamp = from.require_event_timestamp;
  listener->duplicates = from.duplicates;
  for (size_t kind = 0; kind < request_kind_count; ++kind)
    listener->chains[kind] = make_chain(from.handlers[kind], static_cast<RequestKind>(kind), inner_chains_, number);
  listener->transport = from.transport;
  listener->clients = std::move(doors.clients);
  listener->tls_clients = std::move(doors.tls_clients);
  listener->tls = std::move(doors.tls);
  listener->stream = from.stream;
  listener->handshake_timeout_ms = from.tls.handshake_timeout_ms;
  listener->max_handshakes = from.tls.max_handshakes;
  uint32_t per_second = from.stream.max_new_connections_per_s;
  if (per_second != 0) listener->new_connections = std::make_unique<RateLimit>(per_second, per_second);
  listener->dictionary = dictionary_;
  return listener;
}

/// Of a listener, by its number, or of nobody.
std::shared_ptr<const ChainVersion> Assembly::make_chain(const std::vector<std::string>& names, RequestKind kind,
                                                         std::shared_ptr<const InnerChains> inner,
                                                         std::optional<size_t> listener) const {
  std::vector<std::shared_ptr<Instance>> handlers;
  for (const std::string& name : names) {
    size_t plugin = number_of(name);
    auto other = listener ? swapped_.find({*listener, plugin}) : swapped_.end();
    handlers.push_back(other == swapped_.end() ? own_[plugin] : other->second);
  }
  return std::make_shared<const ChainVersion>(kind, std::move(handlers), std::move(inner));
}

std::vector<SocketAddress> Assembly::addresses_of(size_t listener) const {
  std::vector<SocketAddress> addresses;
  for (const OpenAddress& open : addresses_)
    if (open.listener == listener) addresses.push_back(open.bound);
  return addresses;
}

std::shared_ptr<const Listener> Assembly::listener_at(const Endpoint& endpoint) const {
  for (const OpenAddress& open : addresses_)
    if (open.endpoint() == endpoint) return listeners_[open.listener];
  return nullptr;
}

size_t Assembly::number_of(const std::string& plugin) const {
  return static_cast<size_t>(config().plugin(plugin) - config().plugins.data());
}

std::shared_ptr<Instance> Assembly::instance_at(const Place& place) const {
  const std::string& name = config().plugins[place.plugin].name;
  for (const std::shared_ptr<const ChainVersion>& chain : listeners_[place.listener]->chains)
    for (const std::shared_ptr<Instance>& instance : chain->handlers())
      if (instance->name() == name) return instance;
  return nullptr;
}

bool Assembly::is_swapped(size_t listener, const Instance& instance) const {
  size_t plugin = number_of(instance.name());
  return swapped_.contains({listener, plugin}) && instance.library().sha256() != own_sha256_[plugin];
}

bool Assembly::is_used(const Instance& instance) const {
  auto is_in = [&](const ChainVersion& chain) {
    return std::any_of(chain.handlers().begin(), chain.handlers().end(),
                       [&](const auto& handler) { return handler.get() == &instance; });
  };
  for (const auto& listener : listeners_)
    for (const auto& chain : listener->chains)
      if (is_in(*chain)) return true;
  return std::any_of(config().chains.begin(), config().chains.end(),
                     [&](const ChainConfig& chain) { return is_in(*inner_chains_->find(chain.name)); });
}

void end_instances(std::vector<std::shared_ptr<Instance>> instances, const Config& config, Modules& modules) {
  for (; !instances.empty(); instances.pop_back())
    modules.end(std::move(instances.back()), config.server.drain_timeout_ms);
}

void end_assembly(std::shared_ptr<const Assembly> assembly, const Config& config, Modules& modules) {
  std::vector<std::shared_ptr<Instance>> instances = assembly->instances();
  assembly.reset();
  end_instances(std::move(instances), config, modules);
}

}  // namespace radhost
