// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/connection_log.h"
#include "exchange/delayed_replies.h"
#include "exchange/listener_versions.h"
#include "exchange/request_pool.h"
#include "net/stream_listener.h"

namespace radhost {

/// Between the connections of one listening address and their worker's pipeline: who may come, who they are, and where
/// their answers go. A packet is copied into a request's slot, because what stands behind it in the stream is the next
/// one's. The worker's thread.
class StreamExchange final : public StreamHandler, public ReplyPath {
 public:
  struct Parts {
    std::shared_ptr<const Listener> listener;
    Pipeline& pipeline;
    TimerQueue& timers;
    Log& log;
    size_t worker;
  };
  /// All of them outlive it.
  explicit StreamExchange(const Parts& parts);
  ~StreamExchange() override;

  const StreamTerms& terms() const override { return terms_; }
  bool admit(const SocketAddress& peer) override;
  std::optional<StreamEnd> opened(StreamConnection& connection) override;
  bool receive(StreamConnection& connection, Octets packet) override;
  bool has_in_hand(const StreamConnection& connection) const override { return known_of(connection).in_hand != 0; }
  void unreadable(StreamConnection& connection, Discard reason) override;
  void ended(StreamConnection& connection, StreamEnd why, std::string_view detail) override;

  void send(Request& request) override;
  void send_copy(const Request& request, uint64_t due_ns) override;
  void give_back(Request& request) override;
  void discard(Request& request, Discard reason) override;

  /// Requests that come from now on are dealt with as this version of the listener says, over the connections that there
  /// are, too. One whose client is there no more is ended; `recheck`: and one whose certificate is not believed any more
  /// (conformance TLS-6).
  void replace(std::shared_ptr<const Listener> next, StreamListener& connections, bool recheck);

  /// Once a turn of the loop: sends what waits, and goes on with what had no room, or had its share of the last turn. True
  /// when there is more of that.
  bool flush();

  /// Is nothing under way: no request in anybody's hands, no reply that waits?
  bool is_idle() const { return pool_.taken() == 0 && delayed_.taken() == 0; }
  /// Sends replies that wait for their time at once: there is no later.
  void hurry() { delayed_.hurry(); }
  /// Stops waiting for handlers: all of them, or those of requests that hold this version of the listener.
  void expire_all(const Listener* version = nullptr);
  /// Ends connections over which nothing is in hand, and takes nothing more over the others.
  void end_idle(StreamListener& connections);

 private:
  using Connection = std::shared_ptr<ClientConnection>;
  static Connection connection_of(const StreamConnection& connection) {
    return std::static_pointer_cast<ClientConnection>(connection.notes);
  }
  static const ClientConnection& known_of(const StreamConnection& connection) {
    return static_cast<const ClientConnection&>(*connection.notes);
  }
  static bool is_believed(const TlsSession& tls, const TlsClients& knew, const Listener& listener);
  std::optional<StreamEnd> why_not_admit(const SocketAddress& peer);
  TlsClients::Found find_client(const StreamConnection& connection, const Listener& listener) const;
  bool takes_more(ClientConnection& known);
  void put_outgoing(const Connection& connection, Octets reply, const Account& account, const Datagram& datagram);
  void set_terms();
  Tally& tally() { return pipeline_.tally(); }

  ListenerVersions versions_;
  Pipeline& pipeline_;
  StreamTerms terms_;
  ConnectionLog log_;
  DelayedReplies delayed_;
  RequestPool pool_;
  std::vector<Connection> waiting_;  // those that have answers to be flushed
  std::vector<Connection> held_;     // those with a packet that found no room
  std::vector<Connection> looked_at_;
  uint64_t turn_ = 0;
  bool has_more_ = false;  // of connections that had their share of this turn
};

}  // namespace radhost
