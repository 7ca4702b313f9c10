// SPDX-License-Identifier: Apache-2.0
#include "plugin/lifecycle_thread.h"

#include <array>
#include <condition_variable>
#include <exception>
#include <string_view>
#include <thread>
#include <utility>

#include "base/own_thread.h"

namespace radhost {
namespace {

constexpr std::array<std::string_view, 7> step_words{"loading it", "create",  "start",       "reopen",
                                                     "stop",       "destroy", "unloading it"};

}  // namespace

/// What the thread and who waits for it share; the thread keeps it for as long as it runs.
struct LifecycleThread::Running {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> job;
  std::exception_ptr thrown;
  bool is_done = false;
  bool is_ending = false;
  std::thread thread;

  static void serve(const std::shared_ptr<Running>& self) {
    OwnThread own;
    std::unique_lock lock(self->mutex);
    for (;;) {
      self->changed.wait(lock, [&] { return self->job != nullptr || self->is_ending; });
      if (self->job == nullptr) return;
      std::function<void()> job = std::exchange(self->job, nullptr);
      lock.unlock();
      std::exception_ptr thrown;
      try {
        job();
      } catch (...) {
        thrown = std::current_exception();
      }
      job = nullptr;  // what it owned ends here too
      lock.lock();
      self->thrown = thrown;
      self->is_done = true;
      self->changed.notify_all();
    }
  }
};

LifecycleThread::~LifecycleThread() {
  if (running_ == nullptr) return;
  {
    std::lock_guard lock(running_->mutex);
    running_->is_ending = true;
  }
  running_->changed.notify_all();
  running_->thread.join();
}

std::string LifecycleThread::run(const Call& call, std::function<void()> job) {
  std::string plugin = "plugin \"" + call.plugin + "\": ";
  bool needs_loader = call.step == Step::Load || call.step == Step::Unload;
  if (needs_loader && !loading_.empty()) {
    kept_.push_back(std::move(job));
    return plugin + "not " + (call.step == Step::Load ? "loaded" : "unloaded") + ": plugin \"" + loading_ +
           "\" hangs while it is loaded, and holds up all others";
  }
  if (running_ == nullptr) {
    running_ = std::make_shared<Running>();
    running_->thread = std::thread([self = running_] { Running::serve(self); });
  }
  if (told_) told_(call.step);
  std::unique_lock lock(running_->mutex);
  running_->job = std::move(job);
  running_->is_done = false;
  running_->changed.notify_all();
  auto patience = std::chrono::milliseconds(call.patience_ms);
  if (running_->changed.wait_for(lock, patience, [this] { return running_->is_done; })) {
    if (told_) told_(std::nullopt);
    if (std::exception_ptr thrown = std::exchange(running_->thrown, nullptr)) std::rethrow_exception(thrown);
    return {};
  }
  running_->is_ending = true;
  running_->thread.detach();
  lock.unlock();
  running_.reset();
  has_abandoned_ = true;
  if (needs_loader) loading_ = call.plugin;
  return plugin + std::string(step_words[static_cast<size_t>(call.step)]) + " has not returned within " +
         std::to_string(call.patience_ms) + " ms; its thread is abandoned";
}

}  // namespace radhost
