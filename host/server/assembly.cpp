// SPDX-License-Identifier: Apache-2.0
#include "server/assembly.h"

#include <algorithm>

#include "config/loader.h"
#include "dictionary/parser.h"

namespace radhost {

Assembly::Assembly(const Config& config, const std::string& state_directory, Log& log, std::vector<ConfigError>& errors)
    : config_(config), extensions_(std::make_unique<ExtensionServices>(config)) {
  load_dictionaries(errors);
  create_instances(state_directory, log, errors);
  if (!errors.empty()) return;
  make_clients();
  make_inner_chains();
  make_listeners();
}

void Assembly::load_dictionaries(std::vector<ConfigError>& errors) {
  for (const DictionaryError& error : parse_dictionaries(config_.server.dictionary, dictionary_)) {
    Position position{std::make_shared<const std::string>(error.file), error.line, 1};
    errors.push_back({position, error.message});
  }
  dictionary_.finish();
}

void Assembly::create_instances(const std::string& state_directory, Log& log, std::vector<ConfigError>& errors) {
  std::map<std::string, std::shared_ptr<Library>> libraries;  // by path: instances of one module share it
  for (const PluginConfig& plugin : config_.plugins) {
    std::shared_ptr<Instance>& instance = instances_.emplace_back();
    std::string path = find_module(config_.server, plugin.module);
    if (path.empty()) continue;  // the loader has said so
    std::shared_ptr<Library>& library = libraries[path];
    if (library == nullptr) {
      auto loaded = Library::load(path, state_directory);
      if (!loaded.ok()) {
        errors.push_back({plugin.position, loaded.error()});
        continue;
      }
      library = *loaded;
    }
    InstanceServices services{
        dictionary_, log, *tokens_, *extensions_, config_.server.offload_threads, config_.server.offload_queue};
    instance = Instance::create(plugin, library, services, errors);
  }
}

void Assembly::make_clients() {
  for (size_t i = 0; i < config_.clients.size(); ++i)
    clients_.push_back(std::make_shared<const Client>(config_.clients[i], i));
}

void Assembly::make_inner_chains() {
  for (const ChainConfig& chain : config_.chains)
    inner_chains_.add(chain.name, make_chain(chain.handlers, RequestKind::Access));
}

void Assembly::make_listeners() {
  for (size_t i = 0; i < config_.listeners.size(); ++i) {
    const ListenerConfig& from = config_.listeners[i];
    auto listener = std::make_shared<Listener>();
    listener->name = from.name;
    listener->index = i;
    for (RequestKind kind : from.accepts) listener->accepts[static_cast<size_t>(kind)] = true;
    listener->main_kind = from.accepts.front();
    listener->status_server = from.status_server;
    listener->max_in_flight = from.max_in_flight;
    listener->reject_delay_ns = uint64_t{from.reject_delay_ms} * 1000000;
    listener->event_timestamp_window_s = from.event_timestamp_window_s;
    listener->require_event_timestamp = from.require_event_timestamp;
    listener->duplicates = from.duplicates;
    for (size_t kind = 0; kind < request_kind_count; ++kind)
      listener->chains[kind] = make_chain(from.handlers[kind], static_cast<RequestKind>(kind));
    for (size_t number = 0; number < clients_.size(); ++number) {
      const ClientConfig& client = config_.clients[number];
      bool served = from.clients.empty() ||
                    std::find(from.clients.begin(), from.clients.end(), client.name) != from.clients.end();
      if (served) listener->clients.add(client.address, clients_[number]);
    }
    listeners_.push_back(std::move(listener));
  }
}

std::shared_ptr<const ChainVersion> Assembly::make_chain(const std::vector<std::string>& names,
                                                         RequestKind kind) const {
  std::vector<std::shared_ptr<Instance>> handlers;
  for (const std::string& name : names) {
    const PluginConfig* plugin = config_.plugin(name);
    handlers.push_back(instances_[static_cast<size_t>(plugin - config_.plugins.data())]);
  }
  return std::make_shared<const ChainVersion>(kind, std::move(handlers), &inner_chains_);
}

}  // namespace radhost
