// SPDX-License-Identifier: Apache-2.0
#include "exchange/pool_client.h"

#include "base/clock.h"
#include "exchange/answer_check.h"
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
      is_unreachable_(parts.pool->servers.size()) {
  if (parts.probes) begin_probing();
}

PoolClient::~PoolClient() {
  for (const std::unique_ptr<Outbound>& slot : slots_) parts_.timers.stop(*slot);
}

radius_status_t PoolClient::send(Code code, const AttributeList& attributes, const OutboundCall& call,
                                 Outbound*& begun) {
  return begin(call, begun, [&](Outbound& request, const SharedSecret& secret) {
    request.is_forwarded = false;
    return encode_own(code, attributes, {secret, salts_}, request.packet);
  });
}

radius_status_t PoolClient::forward(radius_request& request, const ForwardEdits& edits, const OutboundCall& call,
                                    Outbound*& begun) {
  if (count_proxy_states(request.received.octets()) > parts_.pool->config.max_proxy_states) return RADIUS_ERR_LIMIT;
  return begin(call, begun, [&](Outbound& outbound, const SharedSecret& secret) {
    outbound.is_forwarded = true;
    put_uint_be(outbound.packet.own_proxy_state, random());
    return encode_forwarded(request, edits, {secret, salts_}, outbound.packet);
  });
}

/// Takes a slot, a server and an Identifier there, has the packet written for that one, and sends it.
template <class Encode>
radius_status_t PoolClient::begin(const OutboundCall& call, Outbound*& begun, Encode encode) {
  Outbound* request = take_slot();
  if (request == nullptr) return RADIUS_ERR_LIMIT;
  uint64_t now = monotonic_ns();
  request->call = call;
  request->tried = 0;
  request->retransmission = Retransmission(parts_.pool->limits(), now);
  ServerSet usable = parts_.pool->usable(now);
  for (;;) {
    auto server = choose_first(parts_.pool->all(), usable, request->tried);
    if (!server) {
      give_back(*request);
      return RADIUS_ERR_IO;
    }
    request->tried |= ServerSet{1} << *server;
    if (take_port(*request, *server)) break;
  }
  const SharedSecret& secret = server_of(*request).secret;
  if (Encoded error = encode(*request, secret)) {
    leave_port(*request);
    give_back(*request);
    return status_of(*error);
  }
  request->packet.sign(request->identifier, secret);
  begun = request;
  if (call.owner != nullptr) call.owner->exchanges_under_way.add();
  transmit(*request, true);
  return RADIUS_OK;
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
  request.identifier = *port->identifiers.take();
  port->waiting[request.identifier] = &request;
  port->was_used.set(request.identifier);
  if (!request.is_probe()) counters_of(server).outstanding.add();
  return true;
}

void PoolClient::leave_port(Outbound& request) {
  request.port->waiting[request.identifier] = nullptr;
  request.port->identifiers.give_back(request.identifier);
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

/// The same octets each time (RFC 5080 §2.2.1), until another server is asked.
void PoolClient::transmit(Outbound& request, bool is_first) {
  HomeServerCounters& counters = counters_of(request.server);
  (is_first ? counters.requests : counters.retransmissions).add();
  ++request.attempts;
  request.port->socket->send(request.packet.written());
  parts_.timers.start(request, request.retransmission.transmit(monotonic_ns(), random()));
}

void PoolClient::expired(Outbound& request) {
  const HomeServer& server = server_of(request);
  if (request.is_probe()) {
    server.health.probe_unanswered();
    leave_port(request);
    return give_back(request);
  }
  uint64_t now = monotonic_ns();
  counters_of(request.server).timeouts.add();
  if (server.health.unanswered(now)) tell_dead(server);
  if (request.retransmission.is_over(now)) return finish(request, RADIUS_ERR_TIMEOUT, Code{}, nullptr);

  bool moves = request.attempts >= parts_.pool->config.attempts_per_server || !server.health.is_usable(now);
  ServerSet usable = moves ? parts_.pool->usable(now) : 0;
  while (auto next = choose_next(usable, request.tried)) {
    request.tried |= ServerSet{1} << *next;
    if (move_on(request, *next)) return;
  }
  transmit(request, false);
}

/// The same request to another server is a new packet. False when it cannot go there, and is as it was.
bool PoolClient::move_on(Outbound& request, size_t server) {
  ServerPort* old_port = request.port;
  uint8_t old_identifier = request.identifier;
  size_t old_server = request.server;
  uint32_t old_attempts = request.attempts;
  if (!take_port(request, server)) return false;
  const SharedSecret& secret = parts_.pool->servers[server].secret;
  SecretChange change{parts_.pool->servers[old_server].secret, secret};
  Encoded error = readdress(request.packet, change, dictionary_of(request).root(), readdressed_);
  if (error) {
    leave_port(request);
    request.port = old_port;
    request.identifier = old_identifier;
    request.server = old_server;
    request.attempts = old_attempts;
    return false;
  }
  old_port->waiting[old_identifier] = nullptr;
  old_port->identifiers.give_back(old_identifier);
  counters_of(old_server).outstanding.subtract();
  request.packet.sign(request.identifier, secret);
  request.retransmission.begin_anew();
  transmit(request, true);
  return true;
}

/// The slot is free before anybody is told, who may begin the next exchange at once.
void PoolClient::finish(Outbound& request, radius_status_t status, Code code, const radius_list_t* answer) {
  OutboundCall call = request.call;
  radius_exchange_t name = name_of(request);
  leave_port(request);
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
  const PoolConfig& config = parts_.pool->config;
  AnswerRules rules{server.secret, config.require_message_authenticator, config.event_timestamp_window_s,
                    static_cast<uint64_t>(wall_clock_us()) / 1000000};
  if (auto reason = check_answer(*packet, request->packet, rules)) return counters.bad(*reason).add();
  if (request->is_probe()) {
    counters.probe_answers.add();
    if (server.health.probe_answered()) tell_alive(server);
    leave_port(*request);
    return give_back(*request);
  }
  counters.answers.add();
  if (server.health.answered()) tell_alive(server);
  take_answer(*request, *packet);
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
  answer_.begin(Octets(answer_octets_).first(size), dictionary.root(), &key);
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
