// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "cli/load_answers.h"
#include "cli/load_pace.h"
#include "cli/load_ports.h"
#include "cli/load_requests.h"
#include "cli/outstanding.h"

namespace radhost {

/// How a load is sent.
struct LoadPlan {
  uint64_t count = UINT64_MAX;  ///< requests, at most
  size_t steps = 1;             ///< of the pace
  uint32_t timeout_ms = 3000;   ///< of each transmission
  uint32_t retries = 0;
  bool takes_turns = false;          ///< do ports share what is due? Else one is filled up after the other
  size_t port_window = SIZE_MAX;     ///< how many are unanswered at once, at most, at one port
  Outstanding::Range identifiers{};  ///< of each port
};

/// Sends a load over its ports, and counts what comes back. On one thread; in its steady state it allocates nothing.
class LoadRun : private LoadPorts::Taker {
 public:
  /// Borrows all but the plan.
  LoadRun(const LoadPlan& plan, LoadPorts& ports, LoadRequests& requests, const LoadAnswers& answers);
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;

  /// Runs to the end of `pace`, or until `stop` is not 0, and until each request has its answer or is lost. Gives a
  /// tally for each step.
  std::vector<LoadTally> run(Pace& pace, const volatile std::sig_atomic_t& stop);

 private:
  /// What was due and was not sent.
  enum class Backlog : uint8_t {
    None,
    NextTurn,  ///< what has come is received first
    NoRoom,    ///< it waits until an Identifier is free, or a connection takes more
  };
  bool is_over(uint64_t now_ns, const Pace& pace) const;
  bool has_room(size_t port) const;
  Backlog send_due(Pace& pace, uint64_t now_ns);
  size_t send_batch(size_t port, size_t count, Pace& pace);
  void abandon_due(Pace& pace, uint64_t now_ns);
  void abandon_all(const Pace& pace, uint64_t now_ns);
  void wait(const Pace& pace, uint64_t now_ns);
  bool take(size_t port, Octets octets, uint64_t now_ns) override;
  void closed(size_t port) override;
  void take_again(const Outstanding::Request& request, bool verifies, LoadTally& tally);
  void lose(size_t number);
  void expire(uint64_t now_ns);
  void transmit_again(size_t number, uint64_t now_ns);
  MutableOctets room_of(size_t number, size_t place);

  LoadPlan plan_;
  LoadPorts& ports_;
  LoadRequests& requests_;
  const LoadAnswers& answers_;
  uint64_t timeout_ns_;
  Outstanding outstanding_;
  size_t room_size_;
  std::vector<uint8_t> request_rooms_;
  std::vector<LoadTally> tallies_;
  uint64_t made_ = 0;
  size_t next_port_ = 0;
  Backlog backlog_ = Backlog::None;
  uint64_t late_until_ns_ = 0;
};

}  // namespace radhost
