// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <memory>

#include "cli/load_answers.h"
#include "cli/load_pace.h"
#include "cli/load_requests.h"
#include "cli/outstanding.h"
#include "net/connected_socket.h"

namespace radhost {

/// How a load is sent.
struct LoadPlan {
  SocketAddress server;
  size_t sockets = 1;
  size_t sources = 0;  ///< addresses from 127.1.0.1 on that the sockets are bound to in turn; 0: the system's choice
  uint64_t count = UINT64_MAX;  ///< requests, at most
  size_t steps = 1;             ///< of the pace
  uint32_t timeout_ms = 3000;   ///< of each transmission
  uint32_t retries = 0;
};

/// Sends a load over its sockets, and counts what comes back. On one thread; in its steady state it allocates nothing.
class LoadRun {
 public:
  /// Opens the sockets. Borrows `requests` and `answers`. Throws std::runtime_error when a socket cannot be had.
  LoadRun(const LoadPlan& plan, LoadRequests& requests, const LoadAnswers& answers);
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;
  ~LoadRun();

  /// Runs to the end of `pace`, or until `stop` is not 0, and until each request has its answer or is lost. Gives a
  /// tally for each step.
  std::vector<LoadTally> run(Pace& pace, const volatile std::sig_atomic_t& stop);

 private:
  /// What was due and was not sent.
  enum class Backlog : uint8_t {
    None,
    NextTurn,      ///< what has come is received first
    NoIdentifier,  ///< it waits until one is free
  };
  void open_sockets();
  bool is_over(uint64_t now_ns, const Pace& pace) const;
  Backlog send_due(Pace& pace, uint64_t now_ns);
  size_t send_batch(size_t socket, size_t count, Pace& pace);
  void abandon_due(Pace& pace, uint64_t now_ns);
  void wait(const Pace& pace, uint64_t now_ns);
  void receive(size_t socket);
  void take(size_t socket, Octets octets, uint64_t now_ns);
  void take_again(const Outstanding::Request& request, bool verifies, LoadTally& tally);
  void expire(uint64_t now_ns);
  void transmit_again(size_t number, uint64_t now_ns);
  MutableOctets room_of(size_t number, size_t place);

  LoadPlan plan_;
  LoadRequests& requests_;
  const LoadAnswers& answers_;
  uint64_t timeout_ns_;
  std::vector<ConnectedSocket> sockets_;
  Outstanding outstanding_;
  size_t room_size_;
  std::vector<uint8_t> request_rooms_;
  std::vector<uint8_t> answer_rooms_;
  std::vector<LoadTally> tallies_;
  uint64_t made_ = 0;
  size_t next_socket_ = 0;
  Backlog backlog_ = Backlog::None;
  uint64_t late_until_ns_ = 0;
  int epoll_;
};

}  // namespace radhost
