// SPDX-License-Identifier: Apache-2.0
#include "exchange/pool_client.h"

#include "base/clock.h"
#include "exchange/answer_check.h"
#include "packet/radius_version.h"
#include "plugin/instance.h"

namespace radhost {
namespace {

radius_status_t status_of(EncodeError error) {
  switch (error) {
    case EncodeError::NoRoom: return RADIUS_ERR_LIMIT;
    case EncodeError::TooLong: return RADIUS_ERR_RANGE;
    case EncodeError::Internal: return RADIUS_ERR_INVALID;
  }
  return RADIUS_ERR_INTERNAL;
}

/// What who asked knows attributes by. Not of Status-Server, which the host sends.
const Dictionary& dictionary_of(const Outbound& request) { return request.call.owner->instance->dictionary(); }

size_t share_of(size_t all, size_t workers) { return (all + workers - 1) / workers; }

/// Each proxy on the way has left one; so many are a circle.
size_t count_proxy_states(Octets attributes) {
  size_t count = 0;
  for (Attribute attribute : AttributeRange(attributes)) count += attribute.type == attribute_type::proxy_state;
  return count;
}

}  // namespace

void Outbound::expired() { client.expired(*this); }

void ServerPort::receive(Octets datagram) { client.receive(*this, datagram); }

PoolClient::PoolClient(const Parts& parts)
    : parts_(parts),
      slots_max_(share_of(parts.pool->config.max_outstanding, parts.workers)),
      // One more socket than requests need, so that Status-Server always finds an Identifier.
      ports_max_(share_of(slots_max_ + 1, Identifiers::count)),
      salts_(static_cast<uint16_t>(parts.random)),
      random_(parts.random | 1),
      ports_(parts.pool->servers.size()),
      links_(parts.pool->servers.size()),
      is_unreachable_(parts.pool->servers.size()) {
  for (size_t i = 0; i < links_.size(); ++i)
    if (parts.pool->servers[i].is_stream())
      links_[i] = std::make_unique<HomeLink>(HomeLink::Parts{*this, parts.pool, i, parts.log, parts.timers, parts.loop,
                                                             parts.rooms, counters_of(i), slots_max_});
  if (parts.probes) begin_probing();
}

PoolClient::~PoolClient() {
  for (const std::unique_ptr<Outbound>& slot : slots_) parts_.timers.stop(*slot);
}

radius_status_t PoolClient::send(Code code, const AttributeList& attributes, const OutboundCall& call,
                                 Outbound*& begun) {
  return begin(call, begun, false, [&](Outbound& request, const SharedSecret* secret) {
    request.is_forwarded = false;
    return encode_own(code, attributes, {secret, salts_}, request.packet);
  });
}

radius_status_t PoolClient::forward(radius_request& request, const ForwardEdits& edits, const OutboundCall& call,
                                    Outbound*& begun) {
  if (count_proxy_states(request.received.octets()) > parts_.pool->config.max_proxy_states) return RADIUS_ERR_LIMIT;
  bool is_clear = request.info.version == radius_1_1;
  return begin(call, begun, is_clear, [&](Outbound& outbound, const SharedSecret* secret) {
    outbound.is_forwarded = true;
    put_uint_be(outbound.packet.own_proxy_state, random());
    return encode_forwarded(request, edits, {secret, salts_}, outbound.packet);
  });
}

/// Takes a slot and a place at a server, has the packet written for that one, and sends it, or has it wait for a
/// connection. `is_clear`: it is made of what was not hidden.
template <class Encode>
radius_status_t PoolClient::begin(const OutboundCall& call, Outbound*& begun, bool is_clear, Encode encode) {
  Outbound* request = take_slot();
  if (request == nullptr) return RADIUS_ERR_LIMIT;
  uint64_t now = monotonic_ns();
  request->call = call;
  request->tried = 0;
  request->retransmission = Retransmission(parts_.pool->limits(), now);
  ServerSet can_be_used = usable(now);
  for (;;) {
    auto server = choose_first(parts_.pool->all(), can_be_used, request->tried);
    if (!server) {
      give_back(*request);
      return RADIUS_ERR_IO;
    }
    ServerSet bit = ServerSet{1} << *server;
    request->tried |= bit;
    if (take_place(*request, *server, (can_be_used & bit) != 0)) break;
  }
  const SharedSecret* secret = secret_for(*request, is_clear);
  if (Encoded error = encode(*request, secret)) {
    leave(*request, true);
    give_back(*request);
    return status_of(*error);
  }
  request->hidden_with = secret;
  request->was_sent = false;
  begun = request;
  if (call.owner != nullptr) call.owner->exchanges_under_way.add();
  bool waits = request->port == nullptr && request->connection == nullptr;
  if (waits) begin_waiting(*request);
  else transmit(*request, true);
  return RADIUS_OK;
}

/// Servers that are not dead, and that can be reached from here.
ServerSet PoolClient::usable(uint64_t now_ns) const {
  ServerSet set = parts_.pool->usable(now_ns);
  for (size_t i = 0; i < links_.size(); ++i)
    if (links_[i] != nullptr && !links_[i]->is_usable(now_ns)) set &= ~(ServerSet{1} << i);
  return set;
}

Outbound* PoolClient::take_slot() {
  if (free_.empty()) {
    if (slots_.size() == slots_max_) return nullptr;
    slots_.push_back(std::make_unique<Outbound>(*this, static_cast<uint32_t>(slots_.size() + 1)));
    free_.reserve(slots_.size());
    free_.push_back(slots_.back().get());
  }
  Outbound* slot = free_.back();
  free_.pop_back();
  slot->is_taken = true;
  ++slot->serial;
  return slot;
}

/// What it held may be somebody's password.
void PoolClient::give_back(Outbound& request) {
  parts_.timers.stop(request);
  wipe(request.packet.written());
  request.packet.size = 0;
  request.is_taken = false;
  free_.push_back(&request);
}

/// `is_usable`: if not, it is asked because there is nobody else.
bool PoolClient::take_place(Outbound& request, size_t server, bool is_usable) {
  if (links_[server] == nullptr) return take_port(request, server);
  request.server = server;
  request.attempts = 0;
  request.port = nullptr;
  request.connection = links_[server]->find(!is_usable);
  if (request.connection != nullptr) request.identifier = request.connection->requests().take(request);
  else links_[server]->wait(request);
  counters_of(server).outstanding.add();
  return true;
}

/// Takes an Identifier of a socket to this server. False when there is none, and no further socket can be had.
bool PoolClient::take_port(Outbound& request, size_t server) {
  ServerPort* port = nullptr;
  for (const std::unique_ptr<ServerPort>& open : ports_[server])
    if (open->identifiers.has_any()) {
      port = open.get();
      break;
    }
  if (port == nullptr) port = open_port(server);
  if (port == nullptr) return false;
  request.server = server;
  request.attempts = 0;
  request.port = port;
  request.connection = nullptr;
  uint8_t identifier = *port->identifiers.take();
  request.identifier = identifier;
  port->waiting[identifier] = &request;
  port->was_used.set(identifier);
  if (!request.is_probe()) counters_of(server).outstanding.add();
  return true;
}

/// Leaves its place at its server.
void PoolClient::leave(Outbound& request, bool is_answered) {
  if (request.port != nullptr) {
    request.port->waiting[request.identifier] = nullptr;
    request.port->identifiers.give_back(static_cast<uint8_t>(request.identifier));
  } else if (request.connection == nullptr) {
    links_[request.server]->stop_waiting(request);
  } else if (is_answered) {
    request.connection->requests().answered(request.identifier);
  } else {
    request.connection->requests().give_up(request.identifier);
  }
  request.port = nullptr;
  request.connection = nullptr;
  if (!request.is_probe()) counters_of(request.server).outstanding.subtract();
}

ServerPort* PoolClient::open_port(size_t server) {
  if (ports_[server].size() == ports_max_) return nullptr;
  const HomeServer& home = parts_.pool->servers[server];
  auto port = std::make_unique<ServerPort>(*this, server);
  auto socket = ClientSocket::open(parts_.loop, home.address, *port);
  if (!socket.ok()) {
    // Each request would say so again.
    if (!std::exchange(is_unreachable_[server], true)) parts_.log.warn(socket.error(), {{"pool", parts_.pool->name()}});
    return nullptr;
  }
  is_unreachable_[server] = false;
  port->socket = std::move(*socket);
  ports_[server].push_back(std::move(port));
  return ports_[server].back().get();
}

/// The same octets each time (RFC 5080 §2.2.1), until another server is asked. Over TCP and TLS it comes here once for
/// each connection (RFC 6613 §2.6.1).
void PoolClient::transmit(Outbound& request, bool is_first) {
  HomeServerCounters& counters = counters_of(request.server);
  (is_first ? counters.requests : counters.retransmissions).add();
  ++request.attempts;
  if (request.hidden_with == nullptr) request.packet.label(request.identifier);
  else if (is_first) request.packet.sign(static_cast<uint8_t>(request.identifier), *request.hidden_with);
  request.was_sent = true;
  request.was_missed = false;
  parts_.timers.start(request, request.retransmission.transmit(monotonic_ns(), random()));
  if (request.port != nullptr) request.port->socket->send(request.packet.written());
  else request.connection->send(request.packet.written());
}

void PoolClient::expired(Outbound& request) {
  const HomeServer& server = server_of(request);
  if (request.is_probe()) {
    server.health.probe_unanswered();
    leave(request, false);
    return give_back(request);
  }
  uint64_t now = monotonic_ns();
  if (server.is_stream()) return expired_on_stream(request, now);
  note_unanswered(request, now);
  if (request.retransmission.is_over(now)) return finish(request, RADIUS_ERR_TIMEOUT, Code{}, nullptr);
  bool moves = request.attempts >= parts_.pool->config.attempts_per_server || !server.health.is_usable(now);
  if (moves && try_another(request)) return;
  transmit(request, false);
}

/// Nobody has answered what was transmitted.
void PoolClient::note_unanswered(Outbound& request, uint64_t now_ns) {
  const HomeServer& server = server_of(request);
  counters_of(request.server).timeouts.add();
  if (server.health.unanswered(now_ns)) tell_dead(server);
}

bool PoolClient::try_another(Outbound& request, bool is_answered) {
  ServerSet can_be_used = usable(monotonic_ns()) & ~(ServerSet{1} << request.server);
  while (auto next = choose_next(can_be_used, request.tried)) {
    request.tried |= ServerSet{1} << *next;
    if (move_on(request, *next, is_answered)) return true;
  }
  return false;
}

/// The same request to another server is a new packet. False when it cannot go there, and is as it was.
bool PoolClient::move_on(Outbound& request, size_t server, bool is_answered) {
  if (links_[server] != nullptr) {
    leave(request, is_answered);
    request.retransmission.begin_anew();
    take_place(request, server, true);
    if (request.connection != nullptr) dispatch(request, *request.connection);
    else begin_waiting(request);
    return true;
  }
  Outbound::Place old = request.place();
  if (!take_port(request, server)) return false;
  const SharedSecret& secret = parts_.pool->servers[server].secret;
  SecretChange change{request.hidden_with, &secret, salts_};
  Outbound::Place made = request.place();
  if (readdress(request.packet, change, dictionary_of(request).root(), readdressed_)) {
    leave(request, true);
    request.go_to(old);
    return false;
  }
  request.hidden_with = &secret;
  request.go_to(old);
  leave(request, is_answered);
  request.go_to(made);
  request.retransmission.begin_anew();
  transmit(request, true);
  return true;
}

/// The slot is free before anybody is told, who may begin the next exchange at once.
void PoolClient::finish(Outbound& request, radius_status_t status, Code code, const radius_list_t* answer) {
  OutboundCall call = request.call;
  radius_exchange_t name = name_of(request);
  leave(request, status == RADIUS_OK);
  give_back(request);
  call.owner->exchanges_under_way.subtract();
  call.done(call.data, name, status, static_cast<uint8_t>(code), answer);
}

void PoolClient::receive(ServerPort& port, Octets datagram) {
  HomeServerCounters& counters = counters_of(port.server);
  auto packet = Packet::decode(datagram);
  if (!packet.ok()) return counters.bad(BadAnswer::Malformed).add();
  Outbound* request = port.waiting[packet->identifier()];
  if (request == nullptr) {
    bool was_asked = port.was_used.test(packet->identifier());
    return counters.bad(was_asked ? BadAnswer::Late : BadAnswer::Unsolicited).add();
  }
  const HomeServer& server = server_of(*request);
  if (auto reason = check_answer(*packet, request->packet, rules_for(server, request->hidden_with)))
    return counters.bad(*reason).add();
  if (request->is_probe()) {
    counters.probe_answers.add();
    if (server.health.probe_answered()) tell_alive(server);
    leave(*request, true);
    return give_back(*request);
  }
  settle(*request, *packet);
}

/// `secret`: nullptr for RADIUS/1.1.
AnswerRules PoolClient::rules_for(const HomeServer& server, const SharedSecret* secret) const {
  const PoolConfig& config = parts_.pool->config;
  return {secret, server.transport == Transport::Tls, config.require_message_authenticator,
          config.event_timestamp_window_s, static_cast<uint64_t>(wall_clock_us()) / 1000000};
}

/// A valid answer has come.
void PoolClient::settle(Outbound& request, const Packet& answer) {
  const HomeServer& server = server_of(request);
  counters_of(request.server).answers.add();
  if (server.health.answered()) tell_alive(server);
  // RFC 9765 §6.1: the next server may do what this one cannot. All else is final.
  if (asks_for_another_server(answer) && try_another(request, true)) return;
  take_answer(request, answer);
}

/// Shows the answer to who waits for it, without what this proxy has added.
void PoolClient::take_answer(Outbound& request, const Packet& answer) {
  size_t size = answer.attribute_octets().size();
  if (request.is_forwarded)
    size = copy_without(answer.attribute_octets(), request.packet.own_proxy_state, answer_octets_);
  else copy_octets(answer_octets_, answer.attribute_octets());
  Authenticator authenticator;
  copy_octets(authenticator, request.packet.authenticator());
  HidingKey key{server_of(request).secret, authenticator};
  const Dictionary& dictionary = dictionary_of(request);
  bool is_1_1 = request.hidden_with == nullptr;
  answer_.begin(Octets(answer_octets_).first(size), dictionary.root(), is_1_1 ? nullptr : &key);
  radius_list list{&answer_, nullptr, &dictionary, false, nullptr};
  finish(request, RADIUS_OK, answer.code(), &list);
  answer_.end();
}

bool PoolClient::cancel(const radius_thread& owner, uint32_t number, uint32_t serial) {
  if (number == 0 || number > slots_.size()) return false;
  Outbound& request = *slots_[number - 1];
  bool is_there = request.is_taken && request.serial == serial && request.call.owner == &owner;
  if (!is_there || request.is_probe()) return false;
  finish(request, RADIUS_ERR_GONE, Code{}, nullptr);
  return true;
}

void PoolClient::cancel_all(const radius_thread& owner) {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Outbound& request = *slots_[i];
    if (request.is_taken && !request.is_probe() && request.call.owner == &owner)
      finish(request, RADIUS_ERR_GONE, Code{}, nullptr);
  }
}

uint64_t PoolClient::random() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return random_;
}

}  // namespace radhost
