// SPDX-License-Identifier: Apache-2.0
#include "exchange/pipeline.h"

#include <cstring>

#include "base/clock.h"
#include "exchange/reply.h"
#include "exchange/verify.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

radius_address_t to_abi(const IpAddress& address, uint16_t port, uint32_t scope_id) {
  radius_address_t converted{};
  std::memcpy(converted.octets, address.octets.data(), sizeof converted.octets);
  converted.scope_id = scope_id;
  converted.port = port;
  converted.family = static_cast<uint16_t>(address.family);
  return converted;
}

}  // namespace

Pipeline::Pipeline(const Parts& parts)
    : dictionary_(parts.dictionary),
      log_(parts.log),
      tally_(parts.counters),
      worker_(parts.worker),
      md5_(parts.digests),
      salts_(parts.first_salt),
      next_id_(parts.first_id) {}

bool Pipeline::process(const Listener& listener, Request& request) {
  if (std::optional<Discard> reason = answer(listener, request)) {
    discard(listener, request, *reason);
    return false;
  }
  return true;
}

/// The path of a packet, in its order (host/README.md).
std::optional<Discard> Pipeline::answer(const Listener& listener, Request& request) {
  auto packet = Packet::decode(request.datagram.octets);
  request.client = listener.clients.find(request.datagram.peer.address);
  auto kind = packet.ok() ? request_kind(packet->code()) : std::nullopt;
  bool is_accepted = kind && listener.accepts[static_cast<size_t>(*kind)];
  request.kind = is_accepted ? *kind : listener.main_kind;
  tally_.request(account(listener, request), !packet.ok() || request.client != nullptr);
  if (!packet.ok()) return packet.error();
  if (request.client == nullptr) return Discard::UnknownClient;
  if (!is_accepted) return Discard::UnexpectedCode;
  if (auto reason = verify_request(*packet, *request.client, md5_)) return reason;

  if (*kind == RequestKind::Accounting) warn_of_accounting(listener, request, *packet);

  begin_request(listener, request, *packet);
  HidingKey key{request.client->secret, hiding_authenticator(*packet), md5_};
  request.seen_by_handlers.received.begin(packet->attribute_octets(), dictionary_.root(), &key);

  const ChainVersion& chain = *listener.chains[static_cast<size_t>(*kind)];
  ChainOutcome outcome = chain.run(request.seen_by_handlers, worker_);
  if (outcome.verdict == Verdict::Failed) log_failure(listener, request, outcome);
  Answer answer = decide_answer(*kind, outcome);
  chain.finish(request.seen_by_handlers, worker_, outcome, answer.verdict);
  if (!answer.code) return answer.discard;

  ReplyParts parts{*answer.code, *packet, request.seen_by_handlers.reply, answer.error_cause};
  auto size = encode_reply(parts, request.client->secret, md5_, salts_, request.reply);
  if (!size.ok()) return Discard::ReplyUnencodable;
  request.reply_size = *size;
  tally_.reply(account(listener, request), *answer.code, answer.error_cause);
  return std::nullopt;
}

void Pipeline::begin_request(const Listener& listener, Request& request, const Packet& packet) {
  radius_request_info_t& info = request.seen_by_handlers.info;
  const Datagram& datagram = request.datagram;
  info = {};
  info.size = sizeof info;
  info.code = static_cast<uint8_t>(packet.code());
  info.identifier = packet.identifier();
  info.version = 10;
  info.transport = RADIUS_TRANSPORT_UDP;
  info.id = next_id_++;
  info.received_us = static_cast<uint64_t>(wall_clock_us());
  std::memcpy(info.authenticator, packet.authenticator().data(), sizeof info.authenticator);
  info.peer = to_abi(datagram.peer.address, datagram.peer.port, datagram.peer.scope_id);
  info.local = to_abi(datagram.local, datagram.local_port, datagram.interface);
  bool is_protected = packet.code() != Code::AccountingRequest && packet.has(attribute_type::message_authenticator);
  info.flags = is_protected ? uint32_t{RADIUS_REQUEST_PROTECTED} : 0;
  info.client = {request.client->name.data(), request.client->name.size()};
  info.listener = {listener.name.data(), listener.name.size()};
}

/// RFC 3579 §3.3: who sends this protects nothing by it. Once a client is enough.
void Pipeline::warn_of_accounting(const Listener& listener, const Request& request, const Packet& packet) {
  if (!packet.has(attribute_type::message_authenticator) || request.client->accounting_warned.test_and_set()) return;
  log_.warn("Message-Authenticator in an Accounting-Request is ignored",
            {{"listener", listener.name}, {"client", request.client->name}});
}

bool Pipeline::WarningLimit::passes() {
  auto now = static_cast<uint64_t>(wall_clock_us() / 1000000);
  if (second == now) {
    ++unlogged;
    return false;
  }
  second = now;
  return true;
}

void Pipeline::log_failure(const Listener& listener, const Request& request, const ChainOutcome& outcome) {
  if (!failure_warnings_.passes()) return;
  log_.warn("handler failed", {{"plugin", outcome.by->name()},
                               {"listener", listener.name},
                               {"request", request.seen_by_handlers.info.id},
                               {"why", outcome.reason},
                               {"more_like_it", std::exchange(failure_warnings_.unlogged, 0)}});
}

void Pipeline::count_unsent(const Listener& listener, const Request& request) {
  tally_.unsent(account(listener, request));
  log_discard(listener, request, Discard::SendFailed);
}

void Pipeline::discard(const Listener& listener, const Request& request, Discard reason) {
  tally_.discard(account(listener, request), reason);
  log_discard(listener, request, reason);
}

/// The one place where a discarded packet is logged: each at debug, one a second and reason at warn.
void Pipeline::log_discard(const Listener& listener, const Request& request, Discard reason) {
  std::string_view client = request.client == nullptr ? std::string_view("-") : std::string_view(request.client->name);
  if (log_.enabled(LogLevel::Debug)) {
    log_.debug("packet discarded", {{"reason", to_word(reason)},
                                    {"listener", listener.name},
                                    {"client", client},
                                    {"peer", request.datagram.peer.to_text()}});
    return;
  }
  WarningLimit& limit = discard_warnings_[static_cast<size_t>(reason)];
  if (!limit.passes()) return;
  log_.warn("packet discarded", {{"reason", to_word(reason)},
                                 {"listener", listener.name},
                                 {"client", client},
                                 {"peer", request.datagram.peer.to_text()},
                                 {"more_like_it", std::exchange(limit.unlogged, 0)}});
}

}  // namespace radhost
