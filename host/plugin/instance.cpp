// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "plugin/explanation.h"
#include "plugin/host_table.h"

namespace radhost {
namespace {

/// A drain has waited for what is in flight; what is not back by then is late.
constexpr uint32_t pool_patience_ms = 500;

/// Takes one step of a key such as `servers[0].reply."Reply-Message"` off its front, from `value`.
const ConfigValue* take_step(const ConfigValue* value, std::string_view& key) {
  if (key.front() == '[') {
    size_t index = 0;
    auto [end, error] = std::from_chars(key.data() + 1, key.data() + key.size(), index);
    bool closed = error == std::errc{} && end != key.data() + key.size() && *end == ']';
    if (!closed) return nullptr;
    key.remove_prefix(static_cast<size_t>(end - key.data()) + 1);
    const ConfigValue::Array* array = value->array();
    return array != nullptr && index < array->size() ? &(*array)[index] : nullptr;
  }
  std::string_view name;
  if (key.front() == '"') {
    size_t end = key.find('"', 1);
    if (end == std::string_view::npos) return nullptr;
    name = key.substr(1, end - 1);
    key.remove_prefix(end + 1);
  } else {
    name = key.substr(0, key.find_first_of(".["));
    key.remove_prefix(name.size());
  }
  return value->find(name);
}

/// Names every key below `value` that nobody read.
void report_unread(const ConfigValue& value, const std::string& plugin, std::vector<ConfigError>& errors) {
  const ConfigValue::Table* table = value.table();
  if (table == nullptr) return;
  std::vector<std::string_view> read;
  for (auto& [key, member] : *table)
    if (member.was_read) read.push_back(key);
  for (auto& [key, member] : *table) {
    if (member.was_read) {
      report_unread(member, plugin, errors);
      continue;
    }
    errors.push_back({member.key_position, "plugin \"" + plugin + "\" has no key \"" + key + "\""});
  }
}

}  // namespace

Instance::Instance(const PluginConfig& config, std::shared_ptr<Library> library, const InstanceServices& services)
    : name_(config.name),
      library_(std::move(library)),
      services_(services),
      on_error_(config.on_error),
      timeout_ns_(uint64_t{config.timeout_ms} * 1000000),
      config_(config.config),
      base_directory_(config.base_directory),
      metrics_(config.name, services.extensions.metric_names, services.extensions.metrics_max),
      pool_(*this, services.offload_threads, services.offload_queue) {}

std::shared_ptr<Instance> Instance::create(const PluginConfig& config, std::shared_ptr<Library> library,
                                           const InstanceServices& services, std::vector<ConfigError>& errors) {
  std::shared_ptr<Instance> instance(new Instance(config, std::move(library), services));
  size_t errors_before = errors.size();
  instance->errors_ = &errors;
  clear_explanation();
  radius_status_t status = instance->descriptor().create(&host_table(), instance.get(), &instance->self_);
  instance->errors_ = nullptr;
  instance->texts_.clear();
  instance->created_ = status == RADIUS_OK;

  bool reported = errors.size() != errors_before;
  if (status != RADIUS_OK && !reported)
    errors.push_back({config.position, "plugin \"" + config.name + "\": " + take_explanation(status)});
  if (status == RADIUS_OK) report_unread(instance->config_, config.name, errors);
  if (errors.size() != errors_before) return nullptr;
  return instance;
}

Instance::~Instance() {
  if (created_) descriptor().destroy(self_);
}

std::string Instance::start() {
  clear_explanation();
  radius_status_t status = descriptor().start == nullptr ? RADIUS_OK : descriptor().start(self_);
  if (status == RADIUS_STARTING) {
    // `started` would never be heard; the module must not believe that it serves.
    if (descriptor().stop != nullptr) descriptor().stop(self_);
    return "plugin \"" + name_ + "\": a start that finishes later is not built yet";
  }
  started_ = status == RADIUS_OK;
  return started_ ? std::string() : "plugin \"" + name_ + "\" does not start: " + take_explanation(status);
}

bool Instance::stop() {
  if (!pool_.stop(pool_patience_ms)) return false;
  if (started_ && descriptor().stop != nullptr) descriptor().stop(self_);
  started_ = false;
  return true;
}

void Instance::reopen() {
  if (descriptor().reopen != nullptr) descriptor().reopen(self_);
}

std::string Instance::thread_start(radius_thread& thread) {
  if (descriptor().thread_start == nullptr) return {};
  clear_explanation();
  radius_status_t status = descriptor().thread_start(self_, &thread, &thread.self);
  if (status == RADIUS_STARTING) {
    if (descriptor().thread_stop != nullptr) descriptor().thread_stop(self_, thread.self);
    return "plugin \"" + name_ + "\": a thread_start that finishes later is not built yet";
  }
  thread.started = status == RADIUS_OK;
  return thread.started ? std::string()
                        : "plugin \"" + name_ + "\" does not start on a thread: " + take_explanation(status);
}

void Instance::thread_stop(radius_thread& thread) {
  if (thread.store != nullptr) thread.store->end();
  if (thread.started && descriptor().thread_stop != nullptr) descriptor().thread_stop(self_, thread.self);
  thread.self = nullptr;
  thread.started = false;
}

std::string Instance::pool_thread_start(radius_thread& thread, TurnQueue& turn) {
  ExtensionServices& extensions = services_.extensions;
  thread.instance = this;
  thread.store = std::make_unique<ThreadStore>(extensions.store, turn, extensions.store_waiting_max);
  return thread_start(thread);
}

std::string Instance::worker_start(size_t worker, const ThreadServices& services) {
  ExtensionServices& extensions = services_.extensions;
  radius_thread& thread = workers_[worker];
  thread.instance = this;
  thread.timers = std::make_unique<ThreadTimers>(services.timers);
  thread.store = std::make_unique<ThreadStore>(extensions.store, services.turn, extensions.store_waiting_max);
  thread.watches = std::make_unique<ThreadWatches>(services.fds, extensions.watches_max);
  thread.subrequests = &services.subrequests;
  return thread_start(thread);
}

void Instance::worker_stop(size_t worker) {
  radius_thread& thread = workers_[worker];
  thread_stop(thread);
  thread.timers.reset();
  thread.store.reset();
  thread.subrequests = nullptr;
  if (thread.watches != nullptr && thread.watches->count() != 0)
    log().warn("descriptors were still watched when their thread ended",
               {{"plugin", name_}, {"count", static_cast<uint64_t>(thread.watches->count())}});
  thread.watches.reset();
}

Instance::Handler Instance::handler(RequestKind kind) const {
  switch (kind) {
    case RequestKind::Access: return descriptor().handle_access;
    case RequestKind::Accounting: return descriptor().handle_accounting;
    case RequestKind::Coa: return descriptor().handle_coa;
    case RequestKind::Disconnect: return descriptor().handle_disconnect;
  }
  return nullptr;
}

radius_verdict_t Instance::handle(radius_request& request, radius_thread& thread) {
  Handler call = handler(request.kind);
  if (call == nullptr) return RADIUS_PASS;
  clear_explanation();
  request.handler = this;
  radius_verdict_t verdict = call(self_, thread.self, &request);
  // Once it is to be answered later, it may be in other hands already.
  if (verdict == RADIUS_PENDING) return verdict;
  if (!request.reply.has_open_group() && !request.control.has_open_group()) return verdict;
  request.reply.abandon_groups();
  request.control.abandon_groups();
  set_explanation("it left a group of attributes open");
  return RADIUS_ERR_STATE;
}

void Instance::finish(radius_request& request, radius_thread& thread, radius_verdict_t verdict) {
  if (descriptor().handle_finish == nullptr) return;
  request.handler = this;
  descriptor().handle_finish(self_, thread.self, &request, verdict);
  request.handler = nullptr;
}

void Instance::cancel(radius_token_t token) const {
  if (descriptor().cancel != nullptr) descriptor().cancel(self_, token);
}

const ConfigValue* Instance::find_key(std::string_view key) const {
  const ConfigValue* value = &config_;
  while (value != nullptr && !key.empty()) {
    if (key.front() == '.') key.remove_prefix(1);
    if (key.empty()) return nullptr;
    value = take_step(value, key);
    if (value != nullptr) value->was_read = true;
  }
  return value;
}

void Instance::reject(const Position& position, std::string message) {
  if (errors_ != nullptr) errors_->push_back({position, std::move(message)});
}

std::string_view Instance::keep_text(std::string text) {
  return text_of(texts_.emplace_back(std::move(text)).octets());
}

std::string Instance::resolve_path(std::string_view path) const {
  return (std::filesystem::path(base_directory_) / path).lexically_normal().string();
}

uint32_t Instance::find_chain(std::string_view name) {
  const std::vector<ChainConfig>& all = services_.extensions.chains;
  bool is_there = std::any_of(all.begin(), all.end(), [=](const ChainConfig& chain) { return chain.name == name; });
  if (!is_there) return 0;
  auto known = std::find(chains_.begin(), chains_.end(), name);
  if (known == chains_.end()) known = chains_.insert(known, std::string(name));
  return static_cast<uint32_t>(known - chains_.begin()) + 1;
}

radius_prebuilt_t* Instance::keep_prebuilt(std::unique_ptr<radius_prebuilt> prebuilt) {
  radius_prebuilt_t* kept = prebuilt.get();
  prebuilt_.emplace(kept, std::move(prebuilt));
  return kept;
}

bool Instance::drop_prebuilt(radius_prebuilt_t* prebuilt) { return prebuilt_.erase(prebuilt) != 0; }

}  // namespace radhost
