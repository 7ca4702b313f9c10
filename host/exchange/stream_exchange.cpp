// SPDX-License-Identifier: Apache-2.0
#include "exchange/stream_exchange.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

/// Slots beside those of requests in flight.
constexpr size_t slots_beside = 256;
/// How many packets of one connection are dealt with before the loop turns to others.
constexpr uint32_t packets_a_turn = 64;
/// Copies of replies that wait.
constexpr size_t copies_max = 65536;
constexpr uint64_t ns_per_ms = 1000000;

/// RFC 6613 §2.6.4: after what cannot be understood, or is forged, nothing of the connection can be believed. All else
/// leaves it as it is.
std::optional<StreamEnd> end_after(Discard reason) {
  switch (reason) {
    case Discard::ShortPacket:
    case Discard::OversizedPacket:
    case Discard::TruncatedPacket: return StreamEnd::BadLength;
    case Discard::MalformedAttribute: return StreamEnd::MalformedAttribute;
    case Discard::BadAuthenticator: return StreamEnd::BadAuthenticator;
    case Discard::BadMessageAuthenticator: return StreamEnd::BadMessageAuthenticator;
    case Discard::TokenReused: return StreamEnd::TokenReused;
    default: return std::nullopt;
  }
}

std::string identity_of(const TlsPeer& peer) { return peer.psk_identity.empty() ? peer.subject : peer.psk_identity; }

}  // namespace

/// Is what a connection has proven, when `knew` said who is who, still a proof?
bool StreamExchange::is_believed(const TlsSession& tls, const TlsClients& knew, const Listener& listener) {
  if (!tls.is_believed_by(*listener.tls)) return false;
  const std::string identity = tls.peer().psk_identity;
  if (identity.empty()) return true;
  const TlsPsk* before = knew.find_psk(identity, tls.source());
  const TlsPsk* now = listener.tls_clients->find_psk(identity, tls.source());
  return before != nullptr && now != nullptr && equal_in_constant_time(before->key, now->key);
}

StreamExchange::StreamExchange(const Parts& parts)
    : versions_(parts.listener, parts.worker),
      pipeline_(parts.pipeline),
      log_(parts.log),
      delayed_(parts.timers, copies_max,
               [this](DelayedReplies::Reply& reply) {
                 put_outgoing(reply.connection, reply.octets, *reply.account, reply.datagram);
                 --reply.connection->in_hand;
                 reply.connection.reset();
                 delayed_.give_back(reply);
               }),
      pool_(parts.pipeline, *this, parts.listener->max_in_flight + slots_beside) {
  set_terms();
}

StreamExchange::~StreamExchange() = default;

void StreamExchange::set_terms() {
  const Listener& listener = versions_.current();
  terms_ = {listener.tls, listener.tls_clients, listener.handshake_timeout_ms * ns_per_ms,
            listener.stream.idle_timeout_ms * ns_per_ms, listener.stream.max_buffered_octets};
}

std::optional<StreamEnd> StreamExchange::why_not_admit(const SocketAddress& peer) {
  const Listener& listener = versions_.current();
  bool is_tls = listener.tls != nullptr;
  // First of all, so that strangers use up nobody's bounds (RFC 9813 §6.2.1).
  bool may_come = is_tls ? listener.tls_clients->may_come_from(peer.address)
                         : listener.clients->find(peer.address) != nullptr;
  if (!may_come) return is_tls ? StreamEnd::WrongAddress : StreamEnd::UnknownClient;
  if (listener.new_connections != nullptr && !listener.new_connections->passes(monotonic_ns()))
    return StreamEnd::TooManyNew;
  if (listener.record.connections.load(std::memory_order_relaxed) >= listener.stream.max_connections)
    return StreamEnd::TooManyConnections;
  if (is_tls && listener.record.handshakes.load(std::memory_order_relaxed) >= listener.max_handshakes)
    return StreamEnd::TooManyHandshakes;
  return std::nullopt;
}

bool StreamExchange::admit(const SocketAddress& peer) {
  const Listener& listener = versions_.current();
  tally().connection(listener.record);
  if (auto why = why_not_admit(peer)) {
    tally().connection_end(listener.record, *why);
    bool is_stranger = *why == StreamEnd::UnknownClient || *why == StreamEnd::WrongAddress;
    log_.ended(listener.record, peer, {}, *why, is_stranger ? "no client may come from there" : "");
    return false;
  }
  listener.record.connections.fetch_add(1, std::memory_order_relaxed);
  if (terms_.tls != nullptr) listener.record.handshakes.fetch_add(1, std::memory_order_relaxed);
  return true;
}

TlsClients::Found StreamExchange::find_client(const StreamConnection& connection, const Listener& listener) const {
  const IpAddress& source = connection.peer().address;
  if (connection.tls() == nullptr) return {listener.clients->find(source), false};
  return listener.tls_clients->identify(connection.tls()->peer(), source);
}

std::optional<StreamEnd> StreamExchange::opened(StreamConnection& connection) {
  const Listener& listener = versions_.current();
  const TlsSession* tls = connection.tls();
  Link link{listener.transport};
  if (tls != nullptr) {
    listener.record.handshakes.fetch_sub(1, std::memory_order_relaxed);
    auto version = tls->radius_version();
    if (!version) return StreamEnd::NoCommonVersion;
    link.version = *version;
  }
  // It may have begun under authorities, or without revoked ones, that are others by now.
  if (tls != nullptr && &tls->context() != listener.tls.get() && !tls->is_believed_by(*listener.tls))
    return StreamEnd::BadCertificate;
  TlsClients::Found found = find_client(connection, listener);
  if (found.client == nullptr) return found.is_elsewhere ? StreamEnd::WrongAddress : StreamEnd::UnknownClient;
  auto known = std::make_shared<ClientConnection>(connection, link, *found.client);
  connection.notes = known;
  ClientRecord& record = found.client->record;
  if (record.connections.load(std::memory_order_relaxed) >= listener.stream.max_connections_per_client)
    return StreamEnd::TooManyOfClient;
  record.connections.fetch_add(1, std::memory_order_relaxed);
  known->is_counted = true;
  if (tls != nullptr) known->identity = identity_of(tls->peer());
  log_.opened(listener.record, *known);
  return std::nullopt;
}

void StreamExchange::ended(StreamConnection& connection, StreamEnd why, std::string_view detail) {
  ListenerRecord& record = versions_.current().record;
  record.connections.fetch_sub(1, std::memory_order_relaxed);
  bool was_shaking_hands = connection.speaks_tls() && !connection.has_opened();
  if (was_shaking_hands) record.handshakes.fetch_sub(1, std::memory_order_relaxed);
  tally().connection_end(record, why);
  Connection known = connection_of(connection);
  log_.ended(record, connection.peer(), known == nullptr ? std::string_view() : known->record.name, why, detail);
  if (known == nullptr) return;
  if (known->is_counted) known->record.connections.fetch_sub(1, std::memory_order_relaxed);
  known->stream = nullptr;  // what is in hand has nowhere to go any more (RFC 6613 §2.6.1)
  std::erase(held_, known);
}

void StreamExchange::unreadable(StreamConnection& connection, Discard reason) {
  const Listener& listener = versions_.current();
  Account account{listener.record, &known_of(connection).record, listener.main_kind};
  tally().request(account);
  tally().discard(account, reason);
}

/// A connection that brings very much leaves the others, and datagrams, their turns.
bool StreamExchange::takes_more(ClientConnection& known) {
  if (std::exchange(known.turn, turn_) != turn_) known.taken = 0;
  if (known.taken == packets_a_turn) {
    has_more_ = true;
    return false;
  }
  ++known.taken;
  return true;
}

bool StreamExchange::receive(StreamConnection& connection, Octets packet) {
  Connection known = connection_of(connection);
  Request* request = takes_more(*known) ? pool_.take() : nullptr;
  if (request == nullptr) {
    if (!std::exchange(known->is_held, true)) held_.push_back(std::move(known));
    return false;
  }
  copy_octets(request->received_octets, packet);
  request->datagram = {MutableOctets(request->received_octets).first(packet.size()), connection.peer(),
                       connection.local().address, connection.local().port, 0};
  request->link = known->link;
  ++known->in_hand;
  request->connection = std::move(known);
  pipeline_.begin_batch();
  pipeline_.process(versions_.hold(versions_.current()), nullptr, *request);
  return true;
}

void StreamExchange::put_outgoing(const Connection& connection, Octets reply, const Account& account,
                                  const Datagram& datagram) {
  if (connection->stream == nullptr) return pipeline_.count_unsent(account, datagram);
  connection->stream->send(reply);
  if (std::exchange(connection->has_waiting, true)) return;
  waiting_.push_back(connection);
}

void StreamExchange::send(Request& request) {
  put_outgoing(request.connection, request.reply_written(), Pipeline::account(request), request.datagram);
  give_back(request);
}

void StreamExchange::send_copy(const Request& request, uint64_t due_ns) {
  if (due_ns == 0)
    return put_outgoing(request.connection, request.reply_written(), Pipeline::account(request), request.datagram);
  DelayedReplies::Reply* copy = delayed_.take();
  if (copy == nullptr) return pipeline_.count_unsent(Pipeline::account(request), request.datagram);
  Octets reply = request.reply_written();
  copy->octets.assign(reply.begin(), reply.end());
  copy->datagram = request.datagram;
  copy->connection = request.connection;
  ++copy->connection->in_hand;
  copy->account.emplace(Pipeline::account(request));
  delayed_.start(*copy, due_ns);
}

void StreamExchange::give_back(Request& request) {
  Connection connection = std::move(request.connection);
  connection->release(request);
  // RFC 9765 §5.1: there passwords and keys lie in the packets as they are.
  if (request.link.is_1_1()) {
    wipe(request.datagram.octets);
    wipe(request.reply_written());
  }
  --connection->in_hand;
  const Listener& listener = *request.listener;
  pool_.give_back(&request);
  versions_.let_go(listener);
}

void StreamExchange::discard(Request& request, Discard reason) {
  auto why = end_after(reason);
  if (why && request.connection->stream != nullptr) request.connection->stream->end(*why);
  give_back(request);
}

void StreamExchange::replace(std::shared_ptr<const Listener> next, StreamListener& connections, bool recheck) {
  pool_.set_bound(next->max_in_flight + slots_beside);
  // An address may be another listener's now.
  ListenerRecord &was = versions_.current().record, &is = next->record;
  connections.each([&](StreamConnection& connection) {
    bool shakes_hands = connection.speaks_tls() && !connection.has_opened();
    was.connections.fetch_sub(1, std::memory_order_relaxed);
    is.connections.fetch_add(1, std::memory_order_relaxed);
    if (!shakes_hands) return;
    was.handshakes.fetch_sub(1, std::memory_order_relaxed);
    is.handshakes.fetch_add(1, std::memory_order_relaxed);
  });
  std::shared_ptr<const TlsClients> knew = versions_.current().tls_clients;
  versions_.replace(std::move(next));
  set_terms();
  const Listener& listener = versions_.current();
  connections.each([&](StreamConnection& connection) {
    if (!connection.is_open()) return;  // it will be asked who it is
    ClientConnection* known = connection_of(connection).get();
    TlsClients::Found found = find_client(connection, listener);
    bool is_same = found.client != nullptr && &found.client->record == &known->record;
    if (!is_same) return connection.end(StreamEnd::UnknownClient, "the configuration has another client there, or none");
    if (recheck && connection.tls() != nullptr && !is_believed(*connection.tls(), *knew, listener))
      return connection.end(StreamEnd::BadCertificate, "what it has proven is not believed any more");
    known->client = found.client;
    connection.go_by_new_terms();
  });
}

bool StreamExchange::flush() {
  ++turn_;
  has_more_ = false;
  // What is done here may add to both.
  looked_at_.swap(waiting_);
  for (const Connection& connection : looked_at_) {
    connection->has_waiting = false;
    if (connection->stream != nullptr) connection->stream->flush();
  }
  looked_at_.clear();
  if (held_.empty() || !pool_.has_room()) return false;
  looked_at_.swap(held_);
  for (const Connection& connection : looked_at_) {
    connection->is_held = false;
    if (connection->stream != nullptr) connection->stream->resume();
  }
  looked_at_.clear();
  return has_more_;
}

void StreamExchange::expire_all(const Listener* version) {
  pool_.each([&](Request& request) {
    bool is_meant = version == nullptr || request.listener == version;
    if (is_meant && request.deadline.is_running()) pipeline_.expire(request);
  });
}

void StreamExchange::end_idle(StreamListener& connections) {
  delayed_.hurry();
  connections.each([](StreamConnection& connection) {
    bool has_none = !connection.is_open() || known_of(connection).in_hand == 0;
    if (has_none) connection.end(StreamEnd::Drained);
    else connection.stop_reading();
  });
}

}  // namespace radhost
