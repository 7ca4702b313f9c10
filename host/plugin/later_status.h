// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <radius/abi.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace radhost {

/// A status that a module gives once, when it has finished what it began: while somebody expects it, from any thread.
class LaterStatus {
 public:
  struct Given {
    radius_status_t status;
    std::string why;  ///< of an error
  };

  void expect() {
    std::lock_guard lock(mutex_);
    is_expected_ = true;
  }
  void forget() {
    std::lock_guard lock(mutex_);
    is_expected_ = false;
    given_.reset();
  }

  /// False when nobody expects it, or not any more.
  bool give(Given given) {
    std::lock_guard lock(mutex_);
    if (!is_expected_ || given_) return false;
    given_ = std::move(given);
    changed_.notify_all();
    return true;
  }

  /// What was given so far.
  std::optional<Given> peek() {
    std::lock_guard lock(mutex_);
    return given_;
  }

  /// What was given; waits for it. Nothing when it has not come in time: then it is not expected any more.
  std::optional<Given> take(uint32_t patience_ms) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(patience_ms), [this] { return given_.has_value(); });
    is_expected_ = false;
    return std::exchange(given_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_expected_ = false;
  std::optional<Given> given_;
};

}  // namespace radhost
