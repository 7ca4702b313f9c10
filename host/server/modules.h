// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "plugin/instance.h"
#include "server/foundation.h"

namespace radhost {

/// The lives of modules and their instances: each step runs on the lifecycle thread, and has its time. The main thread.
class Modules {
 public:
  explicit Modules(Foundation& foundation)
      : foundation_(foundation), libraries_(std::make_shared<Libraries>(foundation.state_directory)) {}

  Foundation& foundation() { return foundation_; }

  /// Loads a module's file, or finds it loaded. `plugin`: who wants it. Why it cannot be had, is the error.
  Result<std::shared_ptr<Library>, std::string> load(const PluginConfig& plugin, const std::string& path);

  /// What instances are made in.
  struct Surroundings {
    const Config& config;
    std::shared_ptr<Dictionary> dictionary;
    std::span<const std::shared_ptr<const Pool>> pools;
  };
  /// Runs `create`. Null, with what is wrong added to `errors`, when it does not succeed. `plugin` stands in the
  /// configuration.
  std::shared_ptr<Instance> create(const PluginConfig& plugin, const std::shared_ptr<Library>& library,
                                   const Surroundings& in, std::vector<ConfigError>& errors);

  /// Runs `start`. Empty when all went well so far, else the reason.
  std::string start(const std::shared_ptr<Instance>& instance);

  /// Runs `reopen`.
  void reopen(const std::shared_ptr<Instance>& instance);

  /// Runs `stop`. False, when it does not come to its end, which the log says: then the instance is abandoned, and
  /// stays for as long as the process.
  bool stop(const std::shared_ptr<Instance>& instance, uint32_t patience_ms);

  /// What has become of an instance that has ended.
  enum class Ended : uint8_t {
    Unloaded,   ///< nothing of it is left, or others use its library
    Resident,   ///< its code can never leave the process
    Inhabited,  ///< threads that it began are still inside of its code, which stays
    Abandoned   ///< it hangs: it stays, whole
  };
  /// Runs `destroy`, and unloads the library when nobody else uses it. The caller was the last to hold the instance.
  Ended end(std::shared_ptr<Instance> instance, uint32_t patience_ms);

  /// Unloads a library that no instance uses.
  Ended unload(const std::string& plugin, std::shared_ptr<Library> library, uint32_t patience_ms);

  /// Removes what earlier processes have left of modules that are not loaded.
  void tidy() { libraries_->tidy(); }

  /// Does a thread not come back from a module? Then nothing may be destroyed: the process can only exit at once.
  bool has_abandoned() const { return has_abandoned_ || foundation_.lifecycle.has_abandoned(); }

 private:
  std::string run_step(const std::shared_ptr<Instance>& instance, LifecycleThread::Step step, uint32_t patience_ms,
                       std::function<void()> job);
  void name_findings(const PluginConfig& plugin, const Library& library);

  Foundation& foundation_;
  std::shared_ptr<Libraries> libraries_;         // a thread that is given up keeps it
  std::map<std::string, uint64_t> generations_;  // the last of each name
  bool has_abandoned_ = false;
};

}  // namespace radhost
