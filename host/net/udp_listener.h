// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include "net/udp_socket.h"

namespace radhost {

/// Who takes a listener's datagrams and makes the answers. Called on the loop's thread.
class DatagramHandler {
 public:
  virtual ~DatagramHandler() = default;

  /// Puts rooms where the inbox has none: at the beginning, and where the last datagrams came to. Gives how many there
  /// are now, from the first place on. None when all are taken.
  virtual size_t give_rooms(UdpInbox& inbox) = 0;

  /// The first rooms now hold these datagrams.
  virtual void receive(std::span<const Datagram> datagrams) = 0;

  /// The system had no room for so many more.
  virtual void dropped(uint64_t count) = 0;

  /// What waits to be sent, in order; at most UdpSocket::batch_max of it.
  virtual std::span<const Datagram> outgoing() = 0;

  /// The first `count` of them have left; with `next_refused` the one after them will never leave.
  virtual void sent(size_t count, bool next_refused) = 0;
};

/// One UDP socket on a worker's loop: receives in batches, sends what the handler made of them in batches, and waits
/// for room where the system's queue is full.
class UdpListener {
 public:
  /// Begins to receive. `loop` and `handler` outlive it.
  UdpListener(uv_loop_t& loop, UdpSocket socket, DatagramHandler& handler);
  UdpListener(const UdpListener&) = delete;
  UdpListener& operator=(const UdpListener&) = delete;

  /// Stops watching; the socket is closed with it. The loop frees the rest.
  ~UdpListener();

  /// Sends what the handler has meanwhile, as far as the system takes it.
  void send_waiting();

  /// Takes what is queued, and nothing after it. What waits to be sent still goes out.
  void stop_receiving();

  /// Takes nothing until resume_receiving(): what is queued, and what comes, is another process's, which has the socket
  /// too.
  void pause_receiving();
  void resume_receiving();

  const UdpSocket& socket() const { return socket_; }

 private:
  static void ready(uv_poll_t* poll, int status, int events);
  void receive_and_send(int batches);
  void watch_for(bool all_sent);
  bool flush();
  void watch(int events);

  UdpSocket socket_;
  UdpInbox inbox_;
  std::array<Datagram, UdpInbox::rooms_max> received_;
  DatagramHandler& handler_;
  uv_poll_t* poll_;
  int watched_ = 0;
  bool is_receiving_ = true;
  bool has_room_ = true;
};

}  // namespace radhost
