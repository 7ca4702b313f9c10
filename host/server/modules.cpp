// SPDX-License-Identifier: Apache-2.0
#include "server/modules.h"

#include <optional>

#include "plugin/left_threads.h"

namespace radhost {

using Step = LifecycleThread::Step;

Result<std::shared_ptr<Library>, std::string> Modules::load(const PluginConfig& plugin, const std::string& path) {
  using Loaded = Result<std::shared_ptr<Library>, std::string>;
  auto loaded = std::make_shared<std::optional<Loaded>>();
  std::string reason =
      foundation_.lifecycle.run({plugin.name, Step::Load, plugin.start_timeout_ms},
                                [loaded, libraries = libraries_, path] { loaded->emplace(libraries->load(path)); });
  if (!reason.empty()) return reason;
  if ((*loaded)->ok()) name_findings(plugin, ****loaded);
  return std::move(**loaded);
}

void Modules::name_findings(const PluginConfig& plugin, const Library& library) {
  for (const ElfFinding& finding : library.findings()) {
    auto say = [&](LogLevel level, std::string_view message) {
      foundation_.log.write(level, message,
                            {{"plugin", plugin.name}, {"module", library.path()}, {"why", finding.text}});
    };
    switch (finding.weight) {
      case ElfFinding::Weight::Listed: say(LogLevel::Debug, "a module needs other libraries"); break;
      case ElfFinding::Weight::Noted: say(LogLevel::Info, "a module is not built as it should be"); break;
      case ElfFinding::Weight::Resident: say(LogLevel::Warn, "a module can never be unloaded"); break;
      case ElfFinding::Weight::Refused: break;  // then it was not loaded
    }
  }
}

std::shared_ptr<Instance> Modules::create(const PluginConfig& plugin, const std::shared_ptr<Library>& library,
                                          const Surroundings& in, std::vector<ConfigError>& errors) {
  const Config& config = in.config;
  struct Made {
    std::shared_ptr<Instance> instance;
    std::vector<ConfigError> errors;
  };
  auto made = std::make_shared<Made>();
  InstanceServices services{in.dictionary, foundation_.log, foundation_.tokens, foundation_.extensions};
  services.offload_threads = config.server.offload_threads;
  services.offload_queue = config.server.offload_queue;
  services.handler_warn_ns = uint64_t{config.server.handler_warn_ms} * 1000000;
  services.store_waiting_max = config.store.max_waiting;
  services.metrics_max = config.metrics.max_per_plugin;
  services.watches_max = config.server.max_watches;
  services.generation = generations_[plugin.name] + 1;
  for (const std::shared_ptr<const Pool>& pool : in.pools) services.pools.push_back({pool->name(), pool});
  for (const ChainConfig& chain : config.chains) services.chains.push_back(chain.name);
  std::string reason = foundation_.lifecycle.run(
      {plugin.name, Step::Create, plugin.start_timeout_ms}, [made, plugin, library, services] {
        made->instance = Instance::create(plugin, library, services, made->errors);
      });
  if (!reason.empty()) {
    errors.push_back({plugin.position, std::move(reason)});
    return nullptr;
  }
  errors.insert(errors.end(), made->errors.begin(), made->errors.end());
  if (made->instance != nullptr) ++generations_[plugin.name];
  if (made->instance != nullptr && !made->instance->handles_anything())
    foundation_.log.warn("a module has no handlers: it passes every request by", {{"plugin", plugin.name}});
  return made->instance;
}

std::string Modules::start(const std::shared_ptr<Instance>& instance) {
  auto refused = std::make_shared<std::string>();
  std::string reason = run_step(instance, Step::Start, instance->start_timeout_ms(),
                                [instance, refused] { *refused = instance->start(); });
  return reason.empty() ? *refused : reason;
}

void Modules::reopen(const std::shared_ptr<Instance>& instance) {
  if (instance->is_abandoned()) return;
  std::string reason =
      run_step(instance, Step::Reopen, instance->start_timeout_ms(), [instance] { instance->reopen(); });
  if (!reason.empty()) foundation_.log.error(reason);
}

bool Modules::stop(const std::shared_ptr<Instance>& instance, uint32_t patience_ms) {
  if (instance->is_abandoned()) return false;
  auto came_back = std::make_shared<bool>(false);
  std::string reason =
      run_step(instance, Step::Stop, patience_ms, [instance, came_back] { *came_back = instance->stop(); });
  if (!reason.empty()) {
    foundation_.log.error(reason);
  } else if (!*came_back) {
    instance->abandon();
    has_abandoned_ = true;
    foundation_.log.error("a call does not come back; its thread is abandoned", {{"plugin", instance->name()}});
  }
  return !instance->is_abandoned();
}

/// Gives the reason when it does not return.
std::string Modules::run_step(const std::shared_ptr<Instance>& instance, Step step, uint32_t patience_ms,
                              std::function<void()> job) {
  std::string reason = foundation_.lifecycle.run({instance->name(), step, patience_ms}, std::move(job));
  if (!reason.empty()) instance->abandon();
  return reason;
}

Modules::Ended Modules::end(std::shared_ptr<Instance> instance, uint32_t patience_ms) {
  std::string name = instance->name();
  // Who hangs inside of it still needs it.
  if (instance->is_abandoned()) {
    static_cast<void>(new std::shared_ptr<Instance>(std::move(instance)));
    return Ended::Abandoned;
  }
  std::shared_ptr<Library> library = instance->share_library();
  std::string reason = foundation_.lifecycle.run({name, Step::Destroy, patience_ms},
                                                 [instance = std::move(instance)]() mutable { instance.reset(); });
  if (!reason.empty()) {
    foundation_.log.error(reason);
    return Ended::Abandoned;
  }
  return unload(name, std::move(library), patience_ms);
}

Modules::Ended Modules::unload(const std::string& plugin, std::shared_ptr<Library> library, uint32_t patience_ms) {
  bool is_last = library.use_count() == 1;
  std::string copy = library->copy();
  size_t threads =
      is_last ? count_threads_inside(reinterpret_cast<const void*>(library->descriptor().create)) : 0;
  if (threads != 0) {
    foundation_.log.error("threads that a module began are still inside of its code, which cannot be unloaded",
                          {{"plugin", plugin}, {"threads", uint64_t{threads}}});
    has_abandoned_ = true;
    static_cast<void>(new std::shared_ptr<Library>(std::move(library)));
    return Ended::Inhabited;
  }
  auto is_resident = std::make_shared<bool>(false);
  std::string reason = foundation_.lifecycle.run({plugin, Step::Unload, patience_ms},
                                                 [library = std::move(library), is_last, copy, is_resident]() mutable {
                                                   library.reset();
                                                   *is_resident = is_last && Libraries::is_resident(copy);
                                                 });
  if (!reason.empty()) foundation_.log.error(reason);
  return !reason.empty() ? Ended::Abandoned : *is_resident ? Ended::Resident : Ended::Unloaded;
}

}  // namespace radhost
