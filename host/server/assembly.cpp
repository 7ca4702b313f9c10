// SPDX-License-Identifier: Apache-2.0
#include "server/assembly.h"

#include <algorithm>
#include <optional>

#include "config/loader.h"
#include "dictionary/parser.h"

namespace radhost {

Assembly::Assembly(const Config& config, const std::string& state_directory, Log& log, LifecycleThread& lifecycle,
                   std::vector<ConfigError>& errors)
    : config_(config), log_(log), lifecycle_(lifecycle), extensions_(std::make_unique<ExtensionServices>(config)) {
  load_dictionaries(errors);
  create_instances(state_directory, errors);
  if (!errors.empty()) return;
  make_clients();
  make_pools();
  make_inner_chains();
  make_listeners();
}

void Assembly::end() {
  listeners_.clear();
  inner_chains_ = {};
  while (!instances_.empty()) {
    std::shared_ptr<Instance> instance = std::move(instances_.back());
    instances_.pop_back();
    if (instance == nullptr) continue;
    std::string name = instance->name();
    uint32_t patience_ms = config_.server.drain_timeout_ms;
    // Who hangs inside of it still needs it: then the program ends at once, and nothing before.
    if (instance->is_abandoned()) {
      static_cast<void>(new std::shared_ptr<Instance>(std::move(instance)));
      continue;
    }
    std::shared_ptr<Library> library = instance->share_library();
    std::string reason = lifecycle_.run({name, LifecycleThread::Step::Destroy, patience_ms},
                                        [instance = std::move(instance)]() mutable { instance.reset(); });
    if (!reason.empty()) log_.error(reason);
    reason = lifecycle_.run({name, LifecycleThread::Step::Unload, patience_ms},
                            [library = std::move(library)]() mutable { library.reset(); });
    if (!reason.empty()) log_.error(reason);
  }
}

void Assembly::load_dictionaries(std::vector<ConfigError>& errors) {
  for (const DictionaryError& error : parse_dictionaries(config_.server.dictionary, dictionary_)) {
    Position position{std::make_shared<const std::string>(error.file), error.line, 1};
    errors.push_back({position, error.message});
  }
  dictionary_.finish();
}

void Assembly::create_instances(const std::string& state_directory, std::vector<ConfigError>& errors) {
  std::map<std::string, std::shared_ptr<Library>> libraries;  // by path: instances of one module share it
  for (const PluginConfig& plugin : config_.plugins) {
    std::shared_ptr<Instance>& instance = instances_.emplace_back();
    std::string path = find_module(config_.server, plugin.module);
    if (path.empty()) continue;  // the loader has said so
    std::shared_ptr<Library>& library = libraries[path];
    if (library == nullptr) library = load_library(plugin, path, state_directory, errors);
    if (library == nullptr) continue;
    instance = create_instance(plugin, library, errors);
    if (instance != nullptr && !instance->handles_anything())
      log_.warn("a module has no handlers: it passes every request by", {{"plugin", plugin.name}});
  }
  // A library that no instance uses is unloaded where it was loaded.
  for (auto& [path, library] : libraries)
    if (library != nullptr && library.use_count() == 1)
      lifecycle_.run({path, LifecycleThread::Step::Unload, config_.server.drain_timeout_ms},
                     [library = std::move(library)]() mutable { library.reset(); });
}

std::shared_ptr<Library> Assembly::load_library(const PluginConfig& plugin, const std::string& path,
                                                const std::string& state_directory, std::vector<ConfigError>& errors) {
  using Loaded = Result<std::shared_ptr<Library>, std::string>;
  auto loaded = std::make_shared<std::optional<Loaded>>();
  std::string reason =
      lifecycle_.run({plugin.name, LifecycleThread::Step::Load, plugin.start_timeout_ms},
                     [loaded, path, state_directory] { loaded->emplace(Library::load(path, state_directory)); });
  if (reason.empty() && (*loaded)->ok()) {
    name_findings(plugin, ****loaded);
    return ***loaded;
  }
  errors.push_back({plugin.position, reason.empty() ? (*loaded)->error() : reason});
  return nullptr;
}

void Assembly::name_findings(const PluginConfig& plugin, const Library& library) {
  for (const ElfFinding& finding : library.findings()) {
    auto say = [&](LogLevel level, std::string_view message) {
      log_.write(level, message, {{"plugin", plugin.name}, {"module", library.path()}, {"why", finding.text}});
    };
    switch (finding.weight) {
      case ElfFinding::Weight::Listed: say(LogLevel::Debug, "a module needs other libraries"); break;
      case ElfFinding::Weight::Noted: say(LogLevel::Info, "a module is not built as it should be"); break;
      case ElfFinding::Weight::Resident: say(LogLevel::Warn, "a module can never be unloaded"); break;
      case ElfFinding::Weight::Refused: break;  // then it was not loaded
    }
  }
}

std::shared_ptr<Instance> Assembly::create_instance(const PluginConfig& plugin, const std::shared_ptr<Library>& library,
                                                    std::vector<ConfigError>& errors) {
  struct Made {
    std::shared_ptr<Instance> instance;
    std::vector<ConfigError> errors;
  };
  auto made = std::make_shared<Made>();
  InstanceServices services{dictionary_, log_, *tokens_, *extensions_};
  services.offload_threads = config_.server.offload_threads;
  services.offload_queue = config_.server.offload_queue;
  services.pools = config_.pools;
  services.handler_warn_ns = uint64_t{config_.server.handler_warn_ms} * 1000000;
  std::string reason = lifecycle_.run({plugin.name, LifecycleThread::Step::Create, plugin.start_timeout_ms},
                                      [made, plugin, library, services] {
                                        made->instance = Instance::create(plugin, library, services, made->errors);
                                      });
  if (!reason.empty()) {
    errors.push_back({plugin.position, std::move(reason)});
    return nullptr;
  }
  errors.insert(errors.end(), made->errors.begin(), made->errors.end());
  return made->instance;
}

void Assembly::make_clients() {
  for (size_t i = 0; i < config_.clients.size(); ++i)
    clients_.push_back(std::make_shared<const Client>(config_.clients[i], i));
}

void Assembly::make_pools() {
  for (const PoolConfig& pool : config_.pools) pools_.emplace_back(pool, home_server_count());
}

size_t Assembly::home_server_count() const {
  size_t count = 0;
  for (const Pool& pool : pools_) count += pool.servers.size();
  return count;
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
