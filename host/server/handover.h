// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "control/control_plane.h"
#include "server/handover_channel.h"
#include "server/handover_messages.h"
#include "server/workers.h"

namespace radhost {

/// Lets another process take over from this one, without a datagram lost: it has the same sockets, knows what was
/// answered here, and passes on what belongs to what is in hand here. Until it receives, anything that goes wrong leaves
/// this process serving as before. What is said is said on a thread of its own, which has workers do what is theirs.
class Handover {
 public:
  /// All of it outlives this.
  struct Parts {
    Workers& workers;
    Foundation& foundation;
    std::function<void(std::function<void()>)> post;  ///< has a job done on the main thread; from any thread
    /// ControlPlane::leave; from any thread.
    std::function<ControlPlane::Left(bool control, bool metrics)> leave_control;
    std::function<void()> before;                     ///< what is to be written down before another one reads it
    std::function<void()> end;                        ///< makes the server end; from any thread
    std::string metrics;                              ///< the address that was configured
    ServiceManager service_manager;                   ///< that wants to hear of this process
  };
  explicit Handover(Parts parts);
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;
  ~Handover() { give_up(); }

  /// Who asks is at the other end of this connected socket. Does nothing where one is being talked to. Any thread.
  void begin(Descriptor socket);

  /// What must not be changed now, and why; empty when all may be. Any thread.
  std::string why_not_change() const;

  /// The server ends: talks to nobody any more who has not taken over.
  void give_up();
  /// Has somebody taken over?
  bool is_done() const { return is_done_; }
  /// Where somebody has taken over: waits until the workers have answered what they have in hand, tells what they have
  /// answered since, and goes when the other one knows. The main thread, whose loop has ended.
  void finish();

 private:
  void talk();
  std::string hand_over();
  std::string offer();
  std::string tell_while_serving();
  std::string tell_until(uint64_t by_ns, bool& has_more);
  std::string leave(const HandoverWishes& wishes);
  std::string await_serving();
  std::string on_main(std::function<std::string()> step);
  std::string tell(const std::function<bool(Worker&, RecordsByAddress&)>& job, bool& has_more);
  void give_up_on(const std::string& why);
  uint64_t shown_pid() const { return pid_ > 0 ? static_cast<uint64_t>(pid_) : 0; }

  Parts parts_;
  std::atomic<int> pid_{0};              // who is being talked to; 0: nobody
  std::atomic<bool> is_leaving_{false};  // the other one has been told all, or is being told
  std::atomic<bool> is_done_{false};
  std::unique_ptr<HandoverChannel> channel_;
  std::vector<RelaySocket> relays_;  // our ends, by worker
  std::mutex mutex_;                 // of the thread's beginning
  bool is_over_ = false;             // nobody is talked to any more
  std::thread thread_;
};

}  // namespace radhost
