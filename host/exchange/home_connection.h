// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/timer_queue.h"
#include "exchange/connection_requests.h"
#include "exchange/connection_watchdog.h"
#include "exchange/outbound_packet.h"
#include "net/stream_connection.h"

namespace radhost {

class HomeLink;

/// One connection of one worker to a home server: the requests that wait there, and its watchdog. It is its HomeLink's,
/// which hears of it later, in look(). The worker's thread.
class HomeConnection final : public StreamHandler, private TimerQueue::Timer {
 public:
  /// Begins to connect.
  explicit HomeConnection(HomeLink& link);
  HomeConnection(const HomeConnection&) = delete;
  HomeConnection& operator=(const HomeConnection&) = delete;
  /// Ends it, if it has not ended.
  ~HomeConnection() override;

  bool is_connecting() const { return !is_open_ && !has_ended_; }
  bool is_open() const { return is_open_ && !has_ended_; }
  bool has_ended() const { return has_ended_; }
  bool has_opened() const { return is_open_; }
  /// Did it end in the course of things, with nothing in hand?
  bool has_ended_quietly() const { return has_ended_ && is_quiet_; }
  /// May requests go there as long as it is open, and not only where there is nobody else?
  bool is_okay() const { return is_open() && watchdog_.is_okay(); }
  bool has_room() const { return is_open() && requests_.has_room(); }
  bool is_suspended() const { return is_open() && watchdog_.state() == ConnectionWatchdog::State::Suspect; }

  size_t server_number() const;  ///< in the pool
  bool is_1_1() const { return requests_.is_1_1(); }
  ConnectionRequests& requests() { return requests_; }
  void send(Octets packet);
  void end(StreamEnd why, std::string_view detail = {});
  /// A valid answer to a request came.
  void note_answer();

  // StreamHandler.

  const StreamTerms& terms() const override;
  bool admit(const SocketAddress&) override { return false; }  // nobody comes
  std::optional<StreamEnd> opened(StreamConnection& connection) override;
  bool receive(StreamConnection& connection, Octets packet) override;
  bool has_in_hand(const StreamConnection&) const override { return requests_.count() != 0; }
  void unreadable(StreamConnection& connection, Discard reason) override;
  void ended(StreamConnection& connection, StreamEnd why, std::string_view detail) override;

 private:
  void expired() override;
  void act(ConnectionWatchdog::Action action);
  void send_watchdog();
  void receive_watchdog_answer(const Packet& answer);
  void tell_opened() const;

  HomeLink& link_;
  StreamConnection* stream_ = nullptr;  // nullptr once it has ended
  ConnectionRequests requests_;
  ConnectionWatchdog watchdog_;
  OutboundPacket status_server_;                  // that waits for its answer
  std::optional<uint32_t> status_server_number_;  // its; nothing where none waits
  bool is_open_ = false;
  bool has_ended_ = false;
  bool is_quiet_ = false;
};

}  // namespace radhost
