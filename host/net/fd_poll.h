// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include "base/fd_watcher.h"

namespace radhost {

/// Watches descriptors by uv_poll on a loop, which makes them non-blocking.
class FdPoll final : public FdWatcher {
 public:
  /// `loop` outlives it, and runs once more after the last watch has ended: it frees their handles then.
  explicit FdPoll(uv_loop_t& loop) : loop_(loop) {}

  std::unique_ptr<Watch> watch(int fd, uint32_t events, Listener& listener, Error& error) override;

 private:
  uv_loop_t& loop_;
};

}  // namespace radhost
