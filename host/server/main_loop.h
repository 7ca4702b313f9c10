// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <array>
#include <functional>
#include <mutex>
#include <vector>

namespace radhost {

/// What the main thread does while workers serve: it waits for signals, and does what other threads want done there.
/// Signals are watched from construction on, so that none is missed while the server starts; everything is handled
/// while wait() runs, on its thread.
class MainLoop {
 public:
  struct Handlers {
    std::function<void()> reload;  ///< SIGHUP
    std::function<void()> reopen;  ///< SIGUSR1
    std::function<uint64_t()>
        tick;  ///< now and then, and after each job; gives in how many ms it wants to be called again
  };
  explicit MainLoop(Handlers handlers);
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;
  ~MainLoop();

  /// Returns at the first SIGTERM or SIGINT, or when it is told to by end(). From then on a second one of these signals has
  /// its usual effect, and ends the process; the others do nothing. Jobs that were not done by then are dropped, as are
  /// later ones.
  void wait();

  /// Makes wait() return, as a signal does. From any thread.
  void end();

  uv_loop_t& loop() { return loop_; }

  /// Has `job` done on the loop's thread, one after the other. From any thread.
  void post(std::function<void()> job);

 private:
  struct Watch {
    uv_signal_t handle{};
    MainLoop* owner = nullptr;
  };
  static void received(uv_signal_t* handle, int number);
  void start_timer(uint64_t ms);
  void run_jobs();
  void close_all();

  Handlers handlers_;
  uv_loop_t loop_{};
  std::array<Watch, 4> watches_;
  uv_timer_t timer_{};
  uv_async_t wake_{};  // until the destructor: others may call for as long as this lives
  bool closed_ = false;
  std::mutex mutex_;
  std::vector<std::function<void()>> jobs_;
  bool is_signalled_ = false;
  bool is_told_to_end_ = false;
  bool takes_jobs_ = true;
};

}  // namespace radhost
