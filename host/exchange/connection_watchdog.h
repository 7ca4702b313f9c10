// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace radhost {

/// Whether the server at the other end of one connection still answers: the watchdog of RFC 3539 §3.4.1, whose packet
/// is a Status-Server (RFC 6613 §2.6). A state machine alone: who has it sends, suspends and closes as it says. Times
/// are of the monotonic clock, in nanoseconds; `random`: any number.
class ConnectionWatchdog {
 public:
  enum class State : uint8_t {
    Initial,  ///< not open yet, and never in doubt
    Okay,
    Suspect,  ///< one Status-Server was not answered: others are asked
    Reopen,   ///< open again, and not used before three answers
    Down
  };
  enum class Action : uint8_t {
    None,
    Send,     ///< a Status-Server
    Suspend,  ///< what waits for answers goes to others
    Close
  };

  /// `interval_ns`: TWINIT; 0: it never asks, and believes at once.
  explicit ConnectionWatchdog(uint64_t interval_ns) : interval_ns_(interval_ns) {}

  State state() const { return state_; }
  bool is_okay() const { return state_ == State::Okay; }
  bool is_running() const { return interval_ns_ != 0; }
  /// When expired() is to be called, once it is open.
  uint64_t due_ns() const { return due_ns_; }

  /// The connection may carry packets. `was_down`: one to this server before it broke off.
  Action opened(bool was_down, uint64_t now_ns, uint64_t random);
  /// An answer to a request came.
  void answered(uint64_t now_ns, uint64_t random);
  /// An answer to the Status-Server came. True when the connection may be used again from now on.
  bool watchdog_answered(uint64_t now_ns, uint64_t random);
  Action expired(uint64_t now_ns, uint64_t random);

 private:
  void set_timer(uint64_t now_ns, uint64_t random);

  uint64_t interval_ns_;
  uint64_t due_ns_ = 0;
  State state_ = State::Initial;
  bool is_pending_ = false;  // a Status-Server waits for its answer
  int answers_ = 0;          // in Reopen: NumDWA
};

}  // namespace radhost
