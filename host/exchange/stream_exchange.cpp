// SPDX-License-Identifier: Apache-2.0
#include "exchange/stream_exchange.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

/// Slots beside those of requests in flight.
constexpr size_t slots_beside = 256;
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

StreamExchange::StreamExchange(const Parts& parts)
    : versions_(parts.listener, parts.worker),
      pipeline_(parts.pipeline),
      log_(parts.log),
      delayed_(parts.timers, copies_max,
               [this](DelayedReplies::Reply& reply) {
                 put_outgoing(reply.connection, reply.octets, *reply.account, reply.datagram);
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
  if (listener.new_connections != nullptr && !listener.new_connections->passes(monotonic_ns()))
    return StreamEnd::TooManyNew;
  if (listener.record.connections.load(std::memory_order_relaxed) >= listener.stream.max_connections)
    return StreamEnd::TooManyConnections;
  bool is_tls = listener.tls != nullptr;
  if (is_tls && listener.record.handshakes.load(std::memory_order_relaxed) >= listener.max_handshakes)
    return StreamEnd::TooManyHandshakes;
  if (!is_tls && listener.clients->find(peer.address) == nullptr) return StreamEnd::UnknownClient;
  return std::nullopt;
}

bool StreamExchange::admit(const SocketAddress& peer) {
  const Listener& listener = versions_.current();
  tally().connection(listener.record);
  if (auto why = why_not_admit(peer)) {
    tally().connection_end(listener.record, *why);
    log_.ended(listener.record, peer, {}, *why, {});
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
  Link link{listener.transport, 10};
  if (tls != nullptr) {
    listener.record.handshakes.fetch_sub(1, std::memory_order_relaxed);
    auto version = tls->radius_version();
    if (!version) return StreamEnd::NoCommonVersion;
    link.version = *version;
  }
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
  bool was_shaking_hands = connection.tls() != nullptr && !connection.has_opened();
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
  Account account{listener.record, &connection_of(connection)->record, listener.main_kind};
  tally().request(account);
  tally().discard(account, reason);
}

bool StreamExchange::receive(StreamConnection& connection, Octets packet) {
  Connection known = connection_of(connection);
  Request* request = pool_.take();
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
  copy->account.emplace(Pipeline::account(request));
  delayed_.start(*copy, due_ns);
}

void StreamExchange::give_back(Request& request) {
  Connection connection = std::move(request.connection);
  connection->release(request);
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
  connections.each([&](StreamConnection& connection) {
    if (!connection.is_open()) return;  // it will be asked who it is
    Connection known = connection_of(connection);
    TlsClients::Found found = find_client(connection, *next);
    bool is_same = found.client != nullptr && &found.client->record == &known->record;
    if (!is_same) return connection.end(StreamEnd::UnknownClient, "the configuration has another client there, or none");
    if (recheck && connection.tls() != nullptr && !connection.tls()->is_believed_by(*next->tls))
      return connection.end(StreamEnd::BadCertificate, "its certificate is not believed any more");
    known->client = found.client;
  });
  versions_.replace(std::move(next));
  set_terms();
}

void StreamExchange::flush() {
  // What is done here may add to both.
  turn_.swap(waiting_);
  for (const Connection& connection : turn_) {
    connection->has_waiting = false;
    if (connection->stream != nullptr) connection->stream->flush();
  }
  turn_.clear();
  if (held_.empty() || !pool_.has_room()) return;
  turn_.swap(held_);
  for (const Connection& connection : turn_) {
    connection->is_held = false;
    if (connection->stream != nullptr) connection->stream->resume();
  }
  turn_.clear();
}

void StreamExchange::expire_all(const Listener* version) {
  pool_.each([&](Request& request) {
    bool is_meant = version == nullptr || request.listener == version;
    if (is_meant && request.deadline.is_running()) pipeline_.expire(request);
  });
}

void StreamExchange::end_idle(StreamListener& connections) {
  connections.each([](StreamConnection& connection) {
    bool has_none = !connection.is_open() || connection_of(connection)->in_hand == 0;
    if (has_none) connection.end(StreamEnd::Drained);
    else connection.stop_reading();
  });
}

}  // namespace radhost
