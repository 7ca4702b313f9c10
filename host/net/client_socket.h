// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <memory>

#include "net/connected_socket.h"

namespace radhost {

/// Who takes what a server sends back. Called on the loop's thread.
class AnswerHandler {
 public:
  virtual ~AnswerHandler() = default;
  virtual void receive(Octets datagram) = 0;
};

/// A UDP socket to one server on a worker's loop.
class ClientSocket {
 public:
  /// Begins to receive. `loop` and `handler` outlive it. The error says what failed and why.
  static Result<std::unique_ptr<ClientSocket>, std::string> open(uv_loop_t& loop, const SocketAddress& server,
                                                                 AnswerHandler& handler);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  /// Stops watching; the socket is closed with it. The loop frees the rest.
  ~ClientSocket();

  /// Sends one datagram, and waits for nothing: what does not leave is as good as lost on the way.
  void send(Octets datagram) { socket_.send_now(datagram); }

 private:
  ClientSocket(ConnectedSocket socket, AnswerHandler& handler);
  void watch();
  void receive(int status);

  ConnectedSocket socket_;
  AnswerHandler& handler_;
  uv_poll_t* poll_ = nullptr;
};

}  // namespace radhost
