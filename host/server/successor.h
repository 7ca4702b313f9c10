// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <atomic>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace radhost {

/// A process of the program's file as it is by now, which the running server starts so that it takes over (Handover). It
/// sees the environment and the files that this one sees: what a service manager starts beside its service need not have
/// the credentials that it gives to the service. On the main thread unless said otherwise.
class Successor {
 public:
  /// `arguments`: of a process that takes over; none where there is none that could. `loop` outlives this.
  Successor(uv_loop_t& loop, std::vector<std::string> arguments, Log& log);
  Successor(const Successor&) = delete;
  Successor& operator=(const Successor&) = delete;
  ~Successor() { forget(); }

  /// Starts it, and gives its process. The error says why there is none.
  Result<int, std::string> start();

  /// Its process while it lives; 0 for none. Any thread.
  int pid() const { return pid_; }

 private:
  void ended(int64_t status, int signal);
  void forget();

  uv_loop_t& loop_;
  std::vector<std::string> arguments_;
  Log& log_;
  uv_process_t* process_ = nullptr;  // the loop's, until it has closed it
  std::atomic<int> pid_{0};
};

}  // namespace radhost
