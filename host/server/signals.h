// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <array>
#include <functional>

namespace radhost {

/// The signals that an operator sends. Watched from construction on, so that none is missed while the server starts;
/// handled while wait() runs, on its thread.
class Signals {
 public:
  struct Handlers {
    std::function<void()> reload;  ///< SIGHUP
    std::function<void()> reopen;  ///< SIGUSR1
    std::function<void()> tick;    ///< every few seconds, beside the signals
  };
  explicit Signals(Handlers handlers);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

  /// Returns at the first SIGTERM or SIGINT. From then on a second one has its usual effect: it ends the process.
  void wait();

  /// Makes wait() return, as a signal does. From any thread.
  void end();

 private:
  struct Watch {
    uv_signal_t handle{};
    Signals* owner = nullptr;
  };
  static void received(uv_signal_t* handle, int number);
  void close_all();

  Handlers handlers_;
  uv_loop_t loop_{};
  std::array<Watch, 4> watches_;
  uv_timer_t timer_{};
  uv_async_t told_to_end_{};  // until the destructor: others may call end() as long as this lives
  bool closed_ = false;
};

}  // namespace radhost
