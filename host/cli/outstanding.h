// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "packet/authenticator.h"

namespace radhost {

/// The requests that a client has sent over its sockets, by socket and Identifier: 256 a socket (RFC 2865 §3). Bounded;
/// nothing is allocated after construction. Times are of the monotonic clock, in nanoseconds.
class Outstanding {
 public:
  static constexpr size_t identifiers = 256;

  enum class State : uint8_t {
    Unused,
    Waiting,  ///< for an answer
    Answered,
    Lost,  ///< its time is over
  };
  struct Request {
    Authenticator authenticator{};
    uint64_t due_ns = 0;       ///< what its latency is counted from
    uint64_t deadline_ns = 0;  ///< of its last transmission
    uint32_t step = 0;
    uint16_t transmissions = 0;
    State state = State::Unused;

   private:
    friend class Outstanding;
    uint32_t previous = 0;
    uint32_t next = 0;
  };

  /// Of these 256 those that are used.
  struct Range {
    unsigned first = 0;
    unsigned last = identifiers - 1;

    size_t size() const { return last - first + 1; }
  };
  Outstanding(size_t sockets, const Range& used);

  size_t waiting() const { return waiting_count_; }
  size_t waiting(size_t socket) const { return waiting_at_[socket]; }
  bool has_identifier(size_t socket) const { return !free_[socket].empty() || !resting_[socket].empty(); }

  /// Takes an Identifier of a socket that has one, for a new request; gives its number. One whose request may still be
  /// answered is taken only when there is no other, so that a late answer is recognised.
  size_t claim(size_t socket);

  /// The request has been transmitted; it waits until `deadline_ns`, which never goes back from call to call.
  void transmitted(size_t number, uint64_t deadline_ns);

  /// A waiting request has its answer, or will have none.
  void finish(size_t number, State state);

  /// The socket is another one from now on: nothing that was sent is answered there any more, and none of its requests
  /// may be waiting.
  void forget(size_t socket);

  /// The request that has waited longest; nothing when none waits.
  std::optional<size_t> oldest() const;

  static size_t number_of(size_t socket, uint8_t identifier) { return socket * identifiers + identifier; }
  static size_t socket_of(size_t number) { return number / identifiers; }
  static uint8_t identifier_of(size_t number) { return static_cast<uint8_t>(number % identifiers); }
  Request& at(size_t number) { return requests_[number]; }
  const Request& at(size_t number) const { return requests_[number]; }

 private:
  /// A queue of requests, linked through themselves: each is in one queue at a time.
  struct Queue {
    static constexpr uint32_t none = UINT32_MAX;
    uint32_t first = none;
    uint32_t last = none;

    bool empty() const { return first == none; }
  };
  void append(Queue& queue, size_t number);
  void remove(Queue& queue, size_t number);

  std::vector<Request> requests_;
  std::vector<Queue> free_;         // by socket
  std::vector<Queue> resting_;      // by socket: they may still be answered
  std::vector<size_t> waiting_at_;  // by socket
  Queue waiting_;                   // by deadline
  size_t waiting_count_ = 0;
};

}  // namespace radhost
