// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_set>

#include "net/stream_connection.h"
#include "net/stream_socket.h"

namespace radhost {

/// One listening TCP socket on a worker's loop, and the connections that it has accepted. The loop's thread.
class StreamListener : private StreamConnection::Owner, private TimerQueue::Timer {
 public:
  /// Begins to accept. `loop`, `timers`, `rooms` and `handler` outlive it, and `rooms` the loop's last turn, too. Throws
  /// std::runtime_error where the socket cannot be watched.
  struct Parts {
    uv_loop_t& loop;
    TimerQueue& timers;
    StreamRooms& rooms;
    StreamHandler& handler;
  };
  StreamListener(const Parts& parts, StreamSocket socket);
  StreamListener(const StreamListener&) = delete;
  StreamListener& operator=(const StreamListener&) = delete;

  /// Ends what is open; the last octets still go out. The loop frees the rest.
  ~StreamListener() override;

  /// Accepts what is queued, and closes the socket: who comes later is refused by the system. Connections go on.
  void stop_accepting();
  /// Accepts nothing until resume_accepting(): what is queued, and what comes, is another process's, which has the
  /// socket too.
  void pause_accepting() { watch(false); }
  void resume_accepting() { watch(true); }

  int fd() const { return socket_.fd(); }
  /// Are there any that have not been ended?
  bool has_connections() const;

  /// Visits those that have not been ended; a visit may end them.
  template <class Visitor>
  void each(Visitor visit) {
    for (StreamConnection* connection : std::vector(connections_.begin(), connections_.end()))
      if (!connection->has_ended()) visit(*connection);
  }

 private:
  static void ready(uv_poll_t* poll, int status, int events);
  void accept(int at_most);
  void watch(bool wants);
  void close_socket();
  void gone(StreamConnection& connection) override { connections_.erase(&connection); }
  void expired() override { watch(wants_); }

  Parts parts_;
  StreamSocket socket_;
  uv_poll_t* poll_;  ///< nullptr once the socket is closed
  bool wants_ = false;
  std::unordered_set<StreamConnection*> connections_;
};

}  // namespace radhost
