// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <uv.h>

#include <optional>
#include <unordered_set>

#include "base/descriptor.h"
#include "base/timer_queue.h"
#include "net/stream_framer.h"
#include "net/stream_handler.h"
#include "net/tls_session.h"

namespace radhost {

/// One TCP connection, accepted or made, with TLS or without: what comes over it is cut into packets, and what is sent is
/// written as much at once as there is. The loop's thread.
class StreamConnection {
 public:
  /// What a handler keeps of it.
  struct Notes {
    virtual ~Notes() = default;
  };

  /// Who hears that nothing is left of one.
  class Owner {
   public:
    virtual void gone(StreamConnection& connection) = 0;

   protected:
    ~Owner() = default;
  };
  struct Parts {
    uv_loop_t& loop;
    TimerQueue& timers;
    StreamRooms& rooms;
    StreamHandler& handler;
    Owner* owner;
  };
  /// Begins to speak over a connection that was admitted, and frees itself when it is over and the loop has closed it.
  /// All that is named outlives that, but for the handler, which it knows until it has ended, and the owner: see
  /// disown().
  static StreamConnection* begin(const Parts& parts, Descriptor socket, const SocketAddress& peer);
  /// Begins to connect to a server; it is opened(), or ended(), later, or has ended when this returns. What is the
  /// handshake's timeout for a listener is that of both here. `server_name`: as for TlsSession's client.
  static StreamConnection* connect(const Parts& parts, const SocketAddress& server, std::string server_name);
  StreamConnection(const StreamConnection&) = delete;
  StreamConnection& operator=(const StreamConnection&) = delete;

  /// Nobody wants to hear of it any more.
  void disown() { parts_.owner = nullptr; }

  /// Sends one packet; over TLS in a record of its own, because there are peers that take no more of one. It leaves with
  /// others by flush().
  void send(Octets packet);
  void flush();

  /// Takes nothing any more: what is in hand is answered, and then it is ended.
  void stop_reading();
  /// Offers the packet again that the handler had no room for, and goes on reading.
  void resume();

  /// Its handler's terms are others from now on.
  void go_by_new_terms();
  /// Ends it: what waits, and over TLS a close_notify, still goes out. `detail`: as for StreamHandler::ended.
  void end(StreamEnd why, std::string_view detail = {});
  bool has_ended() const { return has_ended_; }
  /// Closes at once, whatever waits.
  void drop();
  bool is_closing() const { return is_closing_; }

  const SocketAddress& peer() const { return peer_; }
  const SocketAddress& local() const { return local_; }
  /// nullptr without TLS.
  const TlsSession* tls() const { return tls_.get(); }
  bool is_open() const { return is_open_ && !has_ended_; }
  /// Is, or will there be, TLS?
  bool speaks_tls() const { return speaks_tls_; }
  /// Is, or was, its handshake done?
  bool has_opened() const { return is_open_; }

  std::shared_ptr<Notes> notes;

 private:
  /// Looks whether its time is over: for a handshake, for being idle, for taking the last octets.
  struct Watch : TimerQueue::Timer {
    explicit Watch(StreamConnection& of) : connection(of) {}
    ~Watch() override = default;
    void expired() override { connection.look_at_time(); }
    StreamConnection& connection;
  };

  StreamConnection(const Parts& parts, const SocketAddress& peer);
  ~StreamConnection();
  void start(bool is_opened);
  void connect();
  static void connected(uv_connect_t* connect, int status);
  void begin_speaking();
  static void give_room(uv_handle_t* handle, size_t suggested, uv_buf_t* room);
  static void read(uv_stream_t* stream, ssize_t size, const uv_buf_t* room);
  void receive(Octets octets);
  void open();
  void receive_clear(Octets octets);
  void read_tls();
  void shake_hands();
  bool judge(StreamFramer::Outcome outcome);
  void end_unreadable(Discard reason, std::string_view detail);
  void pause_or_read();
  void go_on();
  bool take(Octets packet);
  size_t buffered() const { return waiting_.size() + writing_.size(); }
  bool is_full() const { return buffered() > parts_.handler.terms().max_buffered; }
  void look_at_time();
  void write_more();
  static void written(uv_write_t* write, int status);
  void finish_writing();
  void give_back_room();

  Parts parts_;
  uv_tcp_t handle_{};
  uv_connect_t connect_{};
  uv_write_t write_{};
  uv_shutdown_t shutdown_{};
  SocketAddress peer_;
  SocketAddress local_;
  bool speaks_tls_;
  std::string server_name_;  // of the one that is connected to
  std::unique_ptr<TlsSession> tls_;
  StreamFramer framer_;
  std::vector<uint8_t> waiting_;  // for the system to take
  std::vector<uint8_t> writing_;  // which it has under way
  Watch watch_{*this};
  uint64_t since_ns_ = 0;  // of the last octets, of the handshake's beginning, of its end
  bool is_client_ = false;
  bool is_connected_ = false;
  bool is_open_ = false;
  bool is_reading_ = false;
  bool is_held_ = false;
  bool lacks_room_ = false;  ///< in its handler: that is why it is held
  bool has_all_ = false;       ///< that comes from the other end
  bool is_lingering_ = false;
  bool is_last_ = false;    ///< nothing more is taken
  size_t thrown_away_ = 0;  ///< octets that came when it had ended
  bool has_ended_ = false;
  bool is_closing_ = false;
};

}  // namespace radhost
