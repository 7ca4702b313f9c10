// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "plugin/extension_services.h"
#include "plugin/handler_counters.h"
#include "plugin/instance_metrics.h"
#include "plugin/library.h"
#include "plugin/offload_pool.h"
#include "plugin/request.h"
#include "plugin/thread_services.h"
#include "plugin/thread_store.h"
#include "plugin/thread_timers.h"
#include "plugin/thread_watches.h"
#include "plugin/token_table.h"

/// The base that makes an Instance a radius_instance_t*.
struct radius_instance {};

/// A thread that calls an instance's handlers.
/// Each on cache lines of its own: workers count at once.
struct alignas(64) radius_thread {
  radhost::HandlerCounters counters;  ///< of workers; pool threads leave them at zero
  radhost::Instance* instance = nullptr;
  std::unique_ptr<radhost::ThreadTimers> timers;  ///< none on pool threads
  std::unique_ptr<radhost::ThreadStore> store;
  std::unique_ptr<radhost::ThreadWatches> watches;  ///< none on pool threads
  radhost::Subrequests* subrequests = nullptr;      ///< the worker's; none on pool threads
  void* self = nullptr;                             ///< the module's own
  bool started = false;
};

namespace radhost {

/// What instances use of the host; all of it outlives them.
struct InstanceServices {
  Dictionary& dictionary;
  Log& log;
  TokenTable& tokens;
  ExtensionServices& extensions;
  size_t offload_threads = 16;
  size_t offload_queue = 4096;
};

/// A library with one [plugin.NAME] table: made once, shared by the listeners that name it. Its handlers run on
/// all workers at once, and on its pool's threads; everything else on the thread that owns it.
class Instance : public radius_instance {
 public:
  /// Runs the module's `create`. Mistakes in its table, and the module's own reasons, are added to `errors`; null
  /// when there are any.
  static std::shared_ptr<Instance> create(const PluginConfig& config, std::shared_ptr<Library> library,
                                          const InstanceServices& services, std::vector<ConfigError>& errors);

  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();

  /// Runs `start`. Empty when all went well, else the reason.
  std::string start();
  /// Runs `stop`. False when a pool thread does not come back from a call: then nothing was stopped, and the instance
  /// must never be destroyed.
  [[nodiscard]] bool stop();

  /// Runs `reopen`, where the module has it.
  void reopen();

  /// Prepares a pool thread, which runs `turn` between its calls.
  std::string pool_thread_start(radius_thread& thread, TurnQueue& turn);

  /// Prepares a thread for calls; ends it. On that thread.
  std::string thread_start(radius_thread& thread);
  void thread_stop(radius_thread& thread);

  // The threads of workers, by number.
  void expect_workers(size_t workers) { workers_.resize(workers); }
  std::string worker_start(size_t worker, const ThreadServices& services);
  void worker_stop(size_t worker);
  radius_thread& worker_thread(size_t worker) { return workers_[worker]; }
  size_t workers() const { return workers_.size(); }
  /// Any thread.
  const HandlerCounters& counters(size_t worker) const { return workers_[worker].counters; }

  const std::string& name() const { return name_; }
  const Library& library() const { return *library_; }
  OnError on_error() const { return on_error_; }
  uint64_t timeout_ns() const { return timeout_ns_; }
  Dictionary& dictionary() { return services_.dictionary; }
  Log& log() { return services_.log; }
  TokenTable& tokens() { return services_.tokens; }
  InstanceMetrics& metrics() { return metrics_; }
  const InstanceMetrics& metrics() const { return metrics_; }
  const std::set<std::string>& depends_on() const { return depends_on_; }

  bool handles(RequestKind kind) const { return handler(kind) != nullptr; }

  /// Calls the handler for the request's kind, on this thread. Gives what the module returned.
  radius_verdict_t handle(radius_request& request, radius_thread& thread);
  void finish(radius_request& request, radius_thread& thread, radius_verdict_t verdict);
  /// Has the handler called on a pool thread; its verdict comes with the request, which is in nobody else's hands until
  /// then. False when too many wait already.
  bool offload(radius_request& request) { return pool_.submit(request); }
  /// Tells the module that a request has ended without its completion. Any thread.
  void cancel(radius_token_t token) const;

  // The host's side of `create`: what the configuration functions work on.

  bool is_creating() const { return errors_ != nullptr; }
  const ConfigValue* find_key(std::string_view key) const;
  void reject(const Position& position, std::string message);
  const Position& config_position() const { return config_.position; }
  std::string_view keep_text(std::string text);
  std::string resolve_path(std::string_view path) const;
  void depend(const std::string& path) { depends_on_.insert(path); }

  /// The instance's number of a [chain.NAME]; 0 when there is none.
  uint32_t find_chain(std::string_view name);
  /// nullptr for a number that is none. Any thread, once it is created.
  const std::string* chain_name(uint32_t chain) const {
    return chain == 0 || chain > chains_.size() ? nullptr : &chains_[chain - 1];
  }

  radius_prebuilt_t* keep_prebuilt(std::unique_ptr<radius_prebuilt> prebuilt);
  bool drop_prebuilt(radius_prebuilt_t* prebuilt);

 private:
  using Handler = radius_verdict_t (*)(void*, void*, radius_request_t*);

  Instance(const PluginConfig& config, std::shared_ptr<Library> library, const InstanceServices& services);
  Handler handler(RequestKind kind) const;
  const radius_plugin_v1_t& descriptor() const { return library_->descriptor(); }

  std::string name_;
  std::shared_ptr<Library> library_;
  InstanceServices services_;
  OnError on_error_;
  uint64_t timeout_ns_;
  ConfigValue config_;
  std::string base_directory_;
  std::vector<ConfigError>* errors_ = nullptr;  // while `create` runs
  std::deque<SecretText> texts_;                // given to the module until `create` returns
  std::set<std::string> depends_on_;
  std::unordered_map<radius_prebuilt_t*, std::unique_ptr<radius_prebuilt>> prebuilt_;
  std::vector<std::string> chains_;  // by number
  InstanceMetrics metrics_;
  std::deque<radius_thread> workers_;
  void* self_ = nullptr;
  bool created_ = false;
  bool started_ = false;
  OffloadPool pool_;  // its threads end first
};

}  // namespace radhost
