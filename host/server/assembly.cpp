// SPDX-License-Identifier: Apache-2.0
#include "server/assembly.h"

#include <algorithm>

#include "config/loader.h"

namespace radhost {

Assembly::Assembly(const Config& config, Modules& modules, std::vector<ConfigError>& errors)
    : foundation_(modules.foundation()), config_(std::make_shared<const Config>(config)) {
  create_instances(modules, errors);
  make_records(errors);
  if (!errors.empty()) return;
  make_clients();
  make_pools();
  make_inner_chains();
  make_listeners();
}

Assembly::Assembly(const Assembly& from, const Place& place, std::shared_ptr<Instance> instance)
    : foundation_(from.foundation_),
      config_(from.config_),
      clients_(from.clients_),
      pools_(from.pools_),
      own_(from.own_),
      own_sha256_(from.own_sha256_),
      swapped_(from.swapped_),
      instances_(from.instances_),
      inner_chains_(from.inner_chains_),
      listeners_(from.listeners_) {
  std::shared_ptr<Instance> before = from.instance_at(place);
  instances_.push_back(instance);
  swapped_[place] = std::move(instance);
  listeners_[place.listener] = make_listener(place.listener, from.listeners_[place.listener]->clients);
  if (is_used(*before)) return;
  std::erase(instances_, before);
  std::replace(own_.begin(), own_.end(), before, std::shared_ptr<Instance>());
}

void Assembly::create_instances(Modules& modules, std::vector<ConfigError>& errors) {
  std::map<std::string, std::shared_ptr<Library>> libraries;  // by path: each is read once
  for (const PluginConfig& plugin : config().plugins) {
    std::shared_ptr<Instance>& instance = own_.emplace_back();
    std::string& sha256 = own_sha256_.emplace_back();
    std::string path = find_module(config().server, plugin.module);
    if (path.empty()) continue;  // the loader has said so
    std::shared_ptr<Library>& library = libraries[path];
    if (library == nullptr) {
      auto loaded = modules.load(plugin, path);
      if (!loaded.ok()) {
        errors.push_back({plugin.position, loaded.error()});
        continue;
      }
      library = std::move(*loaded);
    }
    sha256 = library->sha256();
    instance = modules.create(plugin, library, config(), errors);
    if (instance != nullptr) instances_.push_back(instance);
  }
  // A library that no instance uses is unloaded where it was loaded.
  for (auto& [path, library] : libraries)
    if (library != nullptr && library.use_count() == 1)
      modules.unload(path, std::move(library), config().server.drain_timeout_ms);
}

/// Names that there have never been need room among those that are remembered.
void Assembly::make_records(std::vector<ConfigError>& errors) {
  auto refuse = [&](const Position& position, std::string_view what, size_t most) {
    errors.push_back({position, "there have been too many names of " + std::string(what) +
                                    "s since the server began: " + std::to_string(most) + "; restart it"});
  };
  for (const ListenerConfig& listener : config().listeners)
    if (foundation_.listeners.of(listener.name) == nullptr)
      return refuse(listener.position, "listener", foundation_.listeners.records_max());
  for (const ClientConfig& client : config().clients)
    if (foundation_.clients.of(client.name) == nullptr)
      return refuse(client.position, "client", foundation_.clients.records_max());
}

void Assembly::make_clients() {
  for (const ClientConfig& client : config().clients)
    clients_.push_back(std::make_shared<const Client>(client, *foundation_.clients.of(client.name)));
}

void Assembly::make_pools() {
  auto pools = std::make_shared<std::deque<Pool>>();
  size_t servers = 0;
  for (const PoolConfig& pool : config().pools) servers += pools->emplace_back(pool, servers).servers.size();
  pools_ = std::move(pools);
}

size_t Assembly::home_server_count() const {
  size_t count = 0;
  for (const Pool& pool : pools()) count += pool.servers.size();
  return count;
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
    listeners_.push_back(make_listener(i, make_client_table(config().listeners[i])));
}

std::shared_ptr<const ClientTable> Assembly::make_client_table(const ListenerConfig& listener) const {
  auto table = std::make_shared<ClientTable>();
  for (size_t number = 0; number < clients_.size(); ++number) {
    const ClientConfig& client = config().clients[number];
    bool served = listener.clients.empty() ||
                  std::find(listener.clients.begin(), listener.clients.end(), client.name) != listener.clients.end();
    if (served) table->add(client.address, clients_[number]);
  }
  return table;
}

std::shared_ptr<const Listener> Assembly::make_listener(size_t number,
                                                        std::shared_ptr<const ClientTable> clients) const {
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
  listener->clients = std::move(clients);
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
