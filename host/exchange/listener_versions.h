// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "exchange/listener.h"

namespace radhost {

/// A listener as one worker serves it: the version that new requests begin with, and the earlier ones that requests
/// still hold. The worker's thread.
class ListenerVersions {
 public:
  ListenerVersions(std::shared_ptr<const Listener> first, size_t worker)
      : current_(std::move(first)), worker_(worker) {}

  const Listener& current() const { return *current_; }

  /// From now on requests begin with `next`.
  void replace(std::shared_ptr<const Listener> next) {
    std::shared_ptr<const Listener> before = std::exchange(current_, std::move(next));
    if (before->in_hand[worker_].value() != 0) earlier_.push_back(std::move(before));
  }

  /// Keeps a version, until it is let go as often.
  const Listener& hold(const Listener& version) {
    version.in_hand[worker_].add();
    return version;
  }
  void let_go(const Listener& version) {
    Counter& in_hand = version.in_hand[worker_];
    in_hand.subtract();
    if (in_hand.value() == 0 && &version != current_.get()) drop(version);
  }

 private:
  void drop(const Listener& version) {
    std::erase_if(earlier_, [&](const auto& earlier) { return earlier.get() == &version; });
  }

  std::shared_ptr<const Listener> current_;
  std::vector<std::shared_ptr<const Listener>> earlier_;
  size_t worker_;
};

}  // namespace radhost
