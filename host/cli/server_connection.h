// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/descriptor.h"
#include "base/octets.h"
#include "base/result.h"
#include "net/stream_framer.h"
#include "net/tls_session.h"

namespace radhost {

/// A client's connection to a server: TCP, with TLS or without. Packets go out and come in whole. One thread; its
/// calls wait where they say so.
class ServerConnection {
 public:
  struct Options {
    SocketAddress server;
    std::shared_ptr<const TlsContext> tls;  ///< of a client; nullptr: bare TCP
    std::string server_name;                ///< that its certificate must be for
    uint32_t timeout_ms = 3000;             ///< until connected, with all hands shaken; begin() leaves it to its caller
  };
  /// Connects, and waits for that. The error says why there is no connection.
  static Result<std::unique_ptr<ServerConnection>, std::string> open(const Options& options);
  /// Begins to connect, and waits for nothing: go_on() whenever the socket is ready for what it wants.
  static std::unique_ptr<ServerConnection> begin(const Options& options);
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;
  /// Says that nothing more comes, and closes.
  ~ServerConnection();

  int fd() const { return socket_.number(); }
  /// What poll(2) is to wait for.
  short wanted_events() const;
  /// Goes on connecting and shaking hands, as far as what has come allows.
  void go_on();
  /// Is it connected, with all hands shaken?
  bool is_established() const { return state_ == State::Established; }
  /// Why it came to nothing: it has ended before it was established.
  std::string why_not_established() const;

  /// Is RADIUS/1.1 spoken here (RFC 9765 §3.3)?
  bool is_1_1() const { return is_1_1_; }

  /// Can a packet be sent? False while one has not gone yet, and when the connection has come to its end.
  bool can_send() const { return is_established() && out_.empty() && !is_broken_ && is_open(); }
  /// Sends a packet, with one write, as one record: there are servers that take no second packet from a record. What
  /// the system does not take at once goes out while receive() waits.
  void send(Octets packet) { send({&packet, 1}); }
  /// Sends several, each as a record of its own, with one write.
  void send(std::span<const Octets> packets);
  /// Says that nothing more comes. What the server still sends can be received.
  void finish();

  /// Waits for packets until `deadline_ns` of the monotonic clock, or until what was kept back has gone. `take` is
  /// called with each that came.
  using Take = std::function<void(Octets packet)>;
  void receive(uint64_t deadline_ns, const Take& take);
  /// The same for what has come by now: waits for nothing.
  void receive_now(const Take& take);

  bool is_open() const { return why_ended_.empty(); }
  /// Whose doing it was, and why; empty while the connection is open.
  const std::string& why_ended() const { return why_ended_; }
  /// Did it end as connections should: the server has said, or shown, that nothing more comes?
  bool was_closed() const { return was_closed_; }
  /// The client's reason to give it up.
  void end(std::string why);

 private:
  enum class State : uint8_t {
    Connecting,
    ShakingHands,
    Established
  };
  explicit ServerConnection(const Options& options);
  std::string begin_to_connect();
  void finish_connecting();
  void shake_hands();
  void conclude_handshake();
  std::string why_handshake_failed() const;
  void close(const std::string& why);
  void flush();
  std::optional<Octets> read_socket();
  void take_in(Octets received, const Take& take);
  void take_records(const Take& take);
  void cut(Octets clear, const Take& take);

  Options options_;
  Descriptor socket_;
  std::unique_ptr<TlsSession> session_;
  StreamFramer framer_;
  std::vector<uint8_t> room_;  // what the session may still read from
  TlsSession::Out out_;
  State state_ = State::Connecting;
  bool may_hold_records_ = false;  // the session: what came with the end of the handshake
  bool is_1_1_ = false;
  bool is_broken_ = false;  // for sending; what the server said before can still be read
  bool was_closed_ = false;
  std::string why_ended_;
};

}  // namespace radhost
