// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace radhost {

/// The one thread on which modules are loaded, made, started, stopped, ended and unloaded: never the main thread, never
/// a worker. Each step has its time. One that takes longer is abandoned with the thread that it runs on, and another
/// thread takes its place; but while one loads, the system lets no other module be loaded or unloaded.
class LifecycleThread {
 public:
  enum class Step : uint8_t {
    Load,
    Create,
    Start,
    Reopen,
    Stop,
    Destroy,
    Unload
  };
  struct Call {
    std::string plugin;
    Step step;
    uint32_t patience_ms;
  };

  LifecycleThread() = default;
  LifecycleThread(const LifecycleThread&) = delete;
  LifecycleThread& operator=(const LifecycleThread&) = delete;
  /// Ends the thread. Where one was abandoned, nothing of the program may end but all of it at once.
  ~LifecycleThread();

  /// Runs `job`, and waits for it; what it throws, this throws. Empty when it has returned, else a sentence that names
  /// plugin and step. Then the job may still run, so it must own what it uses. One caller at a time.
  std::string run(const Call& call, std::function<void()> job);

  /// Has `told` hear of each step as it begins, and of its end: nothing. The caller's thread.
  void tell_steps(std::function<void(std::optional<Step>)> told) { told_ = std::move(told); }

  /// Is a thread still inside of a step?
  bool has_abandoned() const { return has_abandoned_; }

 private:
  struct Running;

  std::shared_ptr<Running> running_;
  std::function<void(std::optional<Step>)> told_;
  bool has_abandoned_ = false;
  std::string loading_;                      // the plugin that hangs while it is loaded
  std::vector<std::function<void()>> kept_;  // what cannot be unloaded for that reason
};

}  // namespace radhost
