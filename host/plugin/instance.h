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
#include "plugin/library.h"
#include "plugin/request.h"

/// The base that makes an Instance a radius_instance_t*.
struct radius_instance {};

struct radius_thread {
  radhost::Instance* instance;
  size_t worker;
};

namespace radhost {

/// A library with one [plugin.NAME] table: made once, shared by the listeners that name it. Its handlers run on
/// all workers at once; everything else on the thread that owns it.
class Instance : public radius_instance {
 public:
  /// Runs the module's `create`. Mistakes in its table, and the module's own reasons, are added to `errors`; null
  /// when there are any. `dictionary` and `log` outlive the instance.
  static std::shared_ptr<Instance> create(const PluginConfig& config, std::shared_ptr<Library> library,
                                          Dictionary& dictionary, Log& log, std::vector<ConfigError>& errors);

  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();

  /// Runs `start`. Empty when all went well, else the reason.
  std::string start();
  void stop();

  /// Runs `reopen`, where the module has it.
  void reopen();

  /// Prepares the thread of worker number `worker`; ends it. On that thread.
  std::string thread_start(size_t worker);
  void thread_stop(size_t worker);
  void expect_workers(size_t workers) { threads_.resize(workers); }

  const std::string& name() const { return name_; }
  const Library& library() const { return *library_; }
  OnError on_error() const { return on_error_; }
  Dictionary& dictionary() { return dictionary_; }
  Log& log() { return log_; }
  const std::set<std::string>& depends_on() const { return depends_on_; }

  bool handles(RequestKind kind) const { return handler(kind) != nullptr; }

  /// Calls a handler on worker number `worker`. Gives what the module returned.
  radius_verdict_t handle(RequestKind kind, radius_request& request, size_t worker);
  void finish(radius_request& request, size_t worker, radius_verdict_t verdict);

  // The host's side of `create`: what the configuration functions work on.

  bool is_creating() const { return errors_ != nullptr; }
  const ConfigValue* find_key(std::string_view key) const;
  void reject(const Position& position, std::string message);
  const Position& config_position() const { return config_.position; }
  std::string_view keep_text(std::string text);
  std::string resolve_path(std::string_view path) const;
  void depend(const std::string& path) { depends_on_.insert(path); }

  radius_prebuilt_t* keep_prebuilt(std::unique_ptr<radius_prebuilt> prebuilt);
  bool drop_prebuilt(radius_prebuilt_t* prebuilt);

 private:
  struct Thread {
    radius_thread handle{};
    void* self = nullptr;
    bool started = false;
  };
  using Handler = radius_verdict_t (*)(void*, void*, radius_request_t*);

  Instance(const PluginConfig& config, std::shared_ptr<Library> library, Dictionary& dictionary, Log& log);
  Handler handler(RequestKind kind) const;
  const radius_plugin_v1_t& descriptor() const { return library_->descriptor(); }
  void* thread_self(size_t worker) const { return worker < threads_.size() ? threads_[worker].self : nullptr; }

  std::string name_;
  std::shared_ptr<Library> library_;
  Dictionary& dictionary_;
  Log& log_;
  OnError on_error_;
  ConfigValue config_;
  std::string base_directory_;
  std::vector<ConfigError>* errors_ = nullptr;  // while `create` runs
  std::deque<SecretText> texts_;                // given to the module until `create` returns
  std::set<std::string> depends_on_;
  std::unordered_map<radius_prebuilt_t*, std::unique_ptr<radius_prebuilt>> prebuilt_;
  std::vector<Thread> threads_;
  void* self_ = nullptr;
  bool created_ = false;
  bool started_ = false;
};

}  // namespace radhost
