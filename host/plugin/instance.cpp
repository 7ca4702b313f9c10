// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

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

/// False, with an explanation, when there was one to close.
bool close_groups(radius_request& request) {
  if (!request.reply.has_open_group() && !request.control.has_open_group()) return true;
  request.reply.abandon_groups();
  request.control.abandon_groups();
  set_explanation("it left a group of attributes open");
  return false;
}

/// Names every key below `value` that nobody read.
void report_unread(const ConfigValue& value, const std::string& plugin, std::vector<ConfigError>& errors) {
  // What is asked for below an element has the element read too.
  if (const ConfigValue::Array* array = value.array())
    for (const ConfigValue& element : *array)
      if (element.was_read) report_unread(element, plugin, errors);
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
      start_timeout_ms_(config.start_timeout_ms),
      config_(config.config),
      base_directory_(config.base_directory),
      metrics_(config.name, services.extensions.metric_names, services.metrics_max),
      pool_(*this,
            descriptor().threading == RADIUS_THREADING_SERIAL ? 1 : std::max<size_t>(1, services.offload_threads),
            services.offload_queue) {}

std::shared_ptr<Instance> Instance::create(const PluginConfig& config, std::shared_ptr<Library> library,
                                           const InstanceServices& services, std::vector<ConfigError>& errors) {
  std::shared_ptr<Instance> instance(new Instance(config, std::move(library), services));
  size_t errors_before = errors.size();
  instance->errors_ = &errors;
  instance->creator_ = std::this_thread::get_id();
  clear_explanation();
  radius_status_t status = instance->descriptor().create(&host_table(), instance.get(), &instance->self_);
  instance->creator_ = std::thread::id();
  instance->errors_ = nullptr;
  instance->texts_.clear();
  instance->services_.pools.clear();  // those that it does not send to
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
  if (size_t lists = own_lists_.size(); lists != 0)
    log().warn("lists of attributes were left behind", {{"plugin", name_}, {"lists", uint64_t{lists}}});
}

std::string Instance::start() {
  clear_explanation();
  start_.expect();  // it may be given before `start` has returned
  radius_status_t status = descriptor().start == nullptr ? RADIUS_OK : descriptor().start(self_);
  is_starting_ = status == RADIUS_STARTING;
  begun_ = status == RADIUS_OK || is_starting_;
  if (!is_starting_) start_.forget();
  return begun_ ? std::string() : "plugin \"" + name_ + "\" does not start: " + take_explanation(status);
}

std::string Instance::await_start() {
  if (std::exchange(is_starting_, false)) {
    auto given = start_.take(start_timeout_ms_);
    std::string within = " within " + std::to_string(start_timeout_ms_) + " ms";
    if (!given) return "plugin \"" + name_ + "\" does not start: it has not said so" + within;
    if (given->status != RADIUS_OK) return "plugin \"" + name_ + "\" does not start: " + given->why;
  }
  return is_pooled() ? pool_.start(start_timeout_ms_) : std::string();
}

bool Instance::stop() {
  if (!pool_.stop(pool_patience_ms)) return false;
  if (!std::exchange(begun_, false)) return true;
  if (descriptor().stop != nullptr) descriptor().stop(self_);
  return true;
}

void Instance::name_left_requests() const {
  if (size_t requests = services_.tokens.count_pinned(*this); requests != 0)
    log().warn("requests were left in hand", {{"plugin", name_}, {"requests", uint64_t{requests}}});
}

void Instance::reopen() {
  if (descriptor().reopen != nullptr) descriptor().reopen(self_);
}

std::string Instance::thread_start(radius_thread& thread) {
  thread.instance = this;
  thread.id = std::this_thread::get_id();
  if (descriptor().thread_start == nullptr) return {};
  clear_explanation();
  thread.start.expect();
  radius_status_t status = descriptor().thread_start(self_, &thread, &thread.self);
  thread.is_starting = status == RADIUS_STARTING;
  thread.begun = status == RADIUS_OK || thread.is_starting;
  if (!thread.is_starting) thread.start.forget();
  return thread.begun ? std::string() : not_started(thread, take_explanation(status));
}

/// Nothing of a module runs on a pool thread but what the pool calls: who finishes later there finishes at once, or
/// never.
std::string Instance::pool_start(radius_thread& thread, TurnQueue& turn) {
  thread.store = std::make_unique<ThreadStore>(services_.extensions.store, turn, services_.store_waiting_max);
  std::string reason = thread_start(thread);
  if (!reason.empty() || !std::exchange(thread.is_starting, false)) return reason;
  auto given = thread.start.take(0);
  if (given && given->status == RADIUS_OK) return {};
  return not_started(thread,
                     given ? given->why : "a pool thread has no loop in which a thread_start could finish later");
}

std::string Instance::not_started(radius_thread& thread, const std::string& why) {
  thread_stop(thread);
  return "plugin \"" + name_ + "\" does not start on a thread: " + why;
}

void Instance::thread_stop(radius_thread& thread) {
  // What is under way is answered while the module still has what its callbacks need.
  if (thread.exchanges != nullptr) thread.exchanges->end();
  if (thread.store != nullptr) thread.store->end();
  if (thread.timers != nullptr) thread.timers->end();
  if (std::exchange(thread.begun, false) && descriptor().thread_stop != nullptr)
    descriptor().thread_stop(self_, thread.self);
  thread.self = nullptr;
  thread.is_starting = false;
}

std::string Instance::worker_start(size_t worker, const ThreadServices& services) {
  if (is_pooled()) return {};
  radius_thread& thread = workers_[worker];
  thread.timers = std::make_unique<ThreadTimers>(services.timers);
  thread.exchanges = std::make_unique<ThreadExchanges>(services.requests, thread);
  thread.store = std::make_unique<ThreadStore>(services_.extensions.store, services.turn, services_.store_waiting_max);
  thread.watches = std::make_unique<ThreadWatches>(services.fds, services_.watches_max);
  thread.subrequests = &services.subrequests;
  return thread_start(thread);
}

std::optional<std::string> Instance::worker_started(size_t worker) {
  radius_thread& thread = workers_[worker];
  if (!thread.is_starting) return std::string();
  auto given = thread.start.peek();
  if (!given) return std::nullopt;
  thread.is_starting = false;
  return given->status == RADIUS_OK ? std::string() : not_started(thread, given->why);
}

uint64_t Instance::in_flight() const {
  uint64_t count = 0;
  for (const radius_thread& thread : workers_) count += thread.counters.in_flight.value();
  return count;
}

uint64_t Instance::exchanges() const {
  uint64_t count = 0;
  for (const radius_thread& thread : workers_) count += thread.exchanges_under_way.value();
  return count;
}

std::string Instance::not_started_in_time() const {
  return "plugin \"" + name_ + "\" does not start on a thread: it has not said so within " +
         std::to_string(start_timeout_ms_) + " ms";
}

void Instance::worker_stop(size_t worker) {
  radius_thread& thread = workers_[worker];
  thread_stop(thread);
  if (size_t watched = thread.watches == nullptr ? 0 : thread.watches->count(); watched != 0)
    log().warn("descriptors were left watched",
               {{"plugin", name_}, {"worker", uint64_t{worker}}, {"descriptors", uint64_t{watched}}});
  thread.subrequests = nullptr;
  thread.exchanges.reset();
  thread.store.reset();
  thread.watches.reset();
  thread.timers.reset();
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

bool Instance::handles_anything() const {
  const radius_plugin_v1_t& of = descriptor();
  return of.handle_access != nullptr || of.handle_accounting != nullptr || of.handle_coa != nullptr ||
         of.handle_disconnect != nullptr || of.handle_finish != nullptr;
}

radius_verdict_t Instance::handle(radius_request& request, radius_thread& thread) {
  Handler call = handler(request.kind);
  if (call == nullptr) return RADIUS_PASS;
  clear_explanation();
  request.handler = this;
  if constexpr (has_guards) request.caller = std::this_thread::get_id();
  radius_verdict_t verdict = call(self_, thread.self, &request);
  if constexpr (has_guards) request.caller = std::thread::id();
  // Once it is to be answered later, it may be in other hands already.
  if (verdict == RADIUS_PENDING) return verdict;
  return close_groups(request) ? verdict : RADIUS_ERR_STATE;
}

radius_status_t Instance::finish(radius_request& request, radius_thread& thread, radius_verdict_t verdict) {
  request.handler = this;
  if constexpr (has_guards) request.caller = std::this_thread::get_id();
  descriptor().handle_finish(self_, thread.self, &request, verdict);
  if constexpr (has_guards) request.caller = std::thread::id();
  request.handler = nullptr;
  return close_groups(request) ? RADIUS_OK : RADIUS_ERR_STATE;
}

void Instance::name_slow(radius_thread& thread, const char* listener, uint64_t held_ns) {
  thread.counters.slow_calls.add();
  if (!slow_calls_.passes()) return;
  log().warn("a handler held a worker", {{"plugin", name_},
                                         {"listener", listener},
                                         {"ms", held_ns / 1000000},
                                         {"more_like_it", slow_calls_.take_unlogged()}});
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

std::vector<std::string> Instance::changed_files() const {
  std::vector<std::string> changed;
  for (const auto& [path, state] : depends_on_)
    if (FileState::of(path) != state) changed.push_back(path);
  return changed;
}

uint32_t Instance::find_pool(std::string_view name) {
  auto has_name = [name](const NamedPool& pool) { return pool.name == name; };
  auto known = std::find_if(pools_.begin(), pools_.end(), has_name);
  if (known == pools_.end()) {
    auto found = std::find_if(services_.pools.begin(), services_.pools.end(), has_name);
    if (found == services_.pools.end()) {
      missed_pools_.emplace_back(name);
      return 0;
    }
    known = pools_.insert(pools_.end(), *found);
  }
  return static_cast<uint32_t>(known - pools_.begin() + 1);
}

uint32_t Instance::find_chain(std::string_view name) {
  const std::vector<std::string>& all = services_.chains;
  if (std::find(all.begin(), all.end(), name) == all.end()) return 0;
  auto known = std::find(chains_.begin(), chains_.end(), name);
  if (known == chains_.end()) known = chains_.insert(known, std::string(name));
  return static_cast<uint32_t>(known - chains_.begin()) + 1;
}

radius_prebuilt_t* Instance::keep_prebuilt(std::unique_ptr<radius_prebuilt> prebuilt) {
  radius_prebuilt_t* kept = prebuilt.get();
  prebuilt_.emplace(kept, std::move(prebuilt));
  return kept;
}

bool Instance::drop_prebuilt(radius_prebuilt_t* prebuilt) {
  auto found = prebuilt_.find(prebuilt);
  if (found == prebuilt_.end() || found->second->is_ended) return false;
  // Guard rails know it later, should it be used again.
  found->second->is_ended = true;
  if constexpr (!has_guards) prebuilt_.erase(found);
  return true;
}

}  // namespace radhost
