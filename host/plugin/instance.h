// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file_state.h"
#include "base/log.h"
#include "base/log_limit.h"
#include "config/config.h"
#include "plugin/instance_metrics.h"
#include "plugin/instance_services.h"
#include "plugin/instance_thread.h"
#include "plugin/library.h"
#include "plugin/offload_pool.h"
#include "plugin/own_lists.h"
#include "plugin/request.h"
#include "plugin/thread_services.h"

/// The base that makes an Instance a radius_instance_t*.
struct radius_instance {};

namespace radhost {

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

  /// Runs `start`. Empty when all went well so far, else the reason.
  std::string start();
  /// Waits for the end of a start that finishes later, and starts what handlers need that never run on workers. Empty
  /// when the instance may serve, else the reason. Not for the lifecycle thread, which others need meanwhile.
  std::string await_start();
  /// `host.started`: false when no start is under way. Any thread.
  bool finish_start(LaterStatus::Given given) { return start_.give(std::move(given)); }
  /// Runs `stop`. False when a pool thread does not come back from a call: then nothing was stopped, and the instance
  /// must never be destroyed.
  [[nodiscard]] bool stop();
  /// Names requests that it still holds. When it has stopped, and all workers have.
  void name_left_requests() const;

  /// A thread hangs inside of it: it must never be destroyed.
  void abandon() { is_abandoned_ = true; }
  bool is_abandoned() const { return is_abandoned_; }

  /// Runs `reopen`, where the module has it.
  void reopen();

  /// Prepares a pool thread for calls, which runs `turn` between them; ends what thread_start began, on any thread's
  /// own. Gives the reason why it cannot.
  std::string pool_start(radius_thread& thread, TurnQueue& turn);
  void thread_stop(radius_thread& thread);

  // The threads of workers, by number. Those of an instance whose handlers never run on workers are not started.
  void expect_workers(size_t workers) { workers_.resize(workers); }
  std::string worker_start(size_t worker, const ThreadServices& services);
  /// What has become of a worker_start that finishes later: nothing yet, or what worker_start would have given.
  std::optional<std::string> worker_started(size_t worker);
  void worker_stop(size_t worker);
  /// The reason, when that takes too long.
  std::string not_started_in_time() const;
  radius_thread& worker_thread(size_t worker) { return workers_[worker]; }
  size_t workers() const { return workers_.size(); }
  /// Requests that it will answer later. Any thread.
  uint64_t in_flight() const;
  /// Requests to other servers that it waits for. Any thread.
  uint64_t exchanges() const;
  /// Any thread.
  const HandlerCounters& counters(size_t worker) const { return workers_[worker].counters; }
  const CallMark& call_mark(size_t worker) const { return workers_[worker].call; }

  /// A call on a worker has ended that held it for so long: counts and names it, when that is too long.
  void note_held(radius_thread& thread, const char* listener, uint64_t held_ns) {
    if (held_ns > services_.handler_warn_ns && services_.handler_warn_ns != 0) name_slow(thread, listener, held_ns);
  }

  const std::string& name() const { return name_; }
  /// Its running number among the instances of its name, counted from 1.
  uint64_t generation() const { return services_.generation; }
  const Library& library() const { return *library_; }
  std::shared_ptr<Library> share_library() const { return library_; }
  OnError on_error() const { return on_error_; }
  uint64_t timeout_ns() const { return timeout_ns_; }
  uint32_t start_timeout_ms() const { return start_timeout_ms_; }
  Dictionary& dictionary() { return *services_.dictionary; }
  Log& log() const { return services_.log; }
  TokenTable& tokens() { return services_.tokens; }
  /// The [pool.NAME]s that it sends to.
  const std::vector<NamedPool>& pools() const { return pools_; }
  InstanceMetrics& metrics() { return metrics_; }
  const InstanceMetrics& metrics() const { return metrics_; }
  /// The files that it is made from, as they were when it asked for them.
  const std::map<std::string, FileState>& depends_on() const { return depends_on_; }
  /// Those that are not as they were.
  std::vector<std::string> changed_files() const;
  /// The [chain.NAME]s that it knows.
  const std::vector<std::string>& chains() const { return chains_; }

  bool handles(RequestKind kind) const { return handler(kind) != nullptr; }
  /// Is there anything that a request could meet?
  bool handles_anything() const;
  bool finishes() const { return descriptor().handle_finish != nullptr; }
  /// Do its handlers run on its pool's threads only?
  bool is_pooled() const { return descriptor().threading != RADIUS_THREADING_CONCURRENT; }

  /// Calls the handler for the request's kind, on this thread. Gives what the module returned.
  radius_verdict_t handle(radius_request& request, radius_thread& thread);
  /// Calls `handle_finish`, on this thread. An error when it left a group open.
  radius_status_t finish(radius_request& request, radius_thread& thread, radius_verdict_t verdict);
  /// Has the handler called on a pool thread; its verdict comes with the request, which is in nobody else's hands until
  /// then. False when too many wait already.
  bool offload(radius_request& request) { return pool_.submit(request); }
  /// Tells the module that a request has ended without its completion. Any thread.
  void cancel(radius_token_t token) const;

  // The host's side of `create`: what the configuration functions work on.

  /// `create` runs, and this is its thread.
  bool is_creating() const { return creator_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  const ConfigValue* find_key(std::string_view key) const;
  void reject(const Position& position, std::string message);
  const Position& config_position() const { return config_.position; }
  std::string_view keep_text(std::string text);
  std::string resolve_path(std::string_view path) const;
  void depend(const std::string& path) { depends_on_.emplace(path, FileState::of(path)); }

  /// Names of pools that it has asked for in vain.
  const std::vector<std::string>& missed_pools() const { return missed_pools_; }
  /// The instance's number of a [pool.NAME]; 0 when there is none. While `create` runs.
  uint32_t find_pool(std::string_view name);
  /// nullptr for a number that is none. Any thread, once it is created.
  const Pool* pool(uint32_t number) const {
    return number == 0 || number > pools_.size() ? nullptr : pools_[number - 1].pool.get();
  }

  /// The instance's number of a [chain.NAME]; 0 when there is none.
  uint32_t find_chain(std::string_view name);
  /// nullptr for a number that is none. Any thread, once it is created.
  const std::string* chain_name(uint32_t chain) const {
    return chain == 0 || chain > chains_.size() ? nullptr : &chains_[chain - 1];
  }

  OwnLists& own_lists() { return own_lists_; }
  radius_prebuilt_t* keep_prebuilt(std::unique_ptr<radius_prebuilt> prebuilt);
  bool drop_prebuilt(radius_prebuilt_t* prebuilt);

 private:
  using Handler = radius_verdict_t (*)(void*, void*, radius_request_t*);

  Instance(const PluginConfig& config, std::shared_ptr<Library> library, const InstanceServices& services);
  Handler handler(RequestKind kind) const;
  void name_slow(radius_thread& thread, const char* listener, uint64_t held_ns);
  std::string thread_start(radius_thread& thread);
  std::string not_started(radius_thread& thread, const std::string& why);
  const radius_plugin_v1_t& descriptor() const { return library_->descriptor(); }

  std::string name_;
  std::shared_ptr<Library> library_;
  InstanceServices services_;
  OnError on_error_;
  uint64_t timeout_ns_;
  uint32_t start_timeout_ms_;
  ConfigValue config_;
  std::string base_directory_;
  std::vector<ConfigError>* errors_ = nullptr;  // while `create` runs
  std::atomic<std::thread::id> creator_{};      // the thread that it runs on
  std::deque<SecretText> texts_;                // given to the module until `create` returns
  std::map<std::string, FileState> depends_on_;
  std::unordered_map<radius_prebuilt_t*, std::unique_ptr<radius_prebuilt>> prebuilt_;
  OwnLists own_lists_;
  std::vector<std::string> chains_;  // by number
  std::vector<NamedPool> pools_;     // by number
  std::vector<std::string> missed_pools_;
  InstanceMetrics metrics_;
  std::deque<radius_thread> workers_;
  void* self_ = nullptr;
  bool created_ = false;
  bool begun_ = false;        // `start` was called: `stop` ends it
  bool is_starting_ = false;  // it finishes later
  LaterStatus start_;
  LogLimit slow_calls_;
  bool is_abandoned_ = false;
  OffloadPool pool_;  // its threads end first
};

}  // namespace radhost
