// SPDX-License-Identifier: Apache-2.0
#include "exchange/event_timestamp.h"
#include "exchange/pipeline.h"
#include "exchange/refusal.h"
#include "exchange/reply.h"
#include "exchange/request_info.h"
#include "exchange/verify.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

bool is_dynamic_authorization(RequestKind kind) { return kind == RequestKind::Coa || kind == RequestKind::Disconnect; }

const AttributeList no_attributes;

}  // namespace

/// The path of a packet, in its order (host/README.md).
Pipeline::Progress Pipeline::begin(Request& request) {
  const Listener& listener = *request.listener;
  const ClientConnection* connection = request.connection.get();
  request.client = connection != nullptr ? connection->client : listener.clients->find(request.datagram.peer.address);
  auto packet = Packet::decode(request.datagram.octets);
  request.kind = listener.main_kind;
  request.info.id = 0;
  if (!packet.ok()) {
    tally_.request(account(request));
    return Progress::discard(packet.error());
  }
  if (request.client == nullptr) {
    tally_.invalid_request(account(request), request.datagram.peer.address.family);
    return Progress::discard(Discard::UnknownClient);
  }
  request.packet = *packet;
  if (packet->code() == Code::StatusServer) return answer_status(request);

  auto kind = request_kind(packet->code());
  bool is_accepted = kind && listener.accepts_kind(*kind);
  if (is_accepted) request.kind = *kind;
  tally_.request(account(request));
  // Conformance D-13: over a connection, which is for everything, the client is told.
  bool is_told = kind && request.link.is_stream();
  if (!is_accepted && is_told) return refuse_kind(request);
  if (!is_accepted) return Progress::discard(Discard::UnexpectedCode);

  const Client& client = *request.client;
  const IpAddress& source = request.datagram.peer.address;
  bool is_access = *kind == RequestKind::Access;
  bool is_watched = is_access && !request.link.is_tls();
  bool sends_it = is_watched && sources_.sends_message_authenticator(client, source);
  auto reason = verify_request(*packet, client, request.link, sends_it);
  // One that is refused for the lack of it shows who does not send it, too.
  if (is_watched && (!reason || *reason == Discard::MissingMessageAuthenticator)) note_source(request, sends_it);
  if (reason) return refuse_if_asked_over_1_1(request, *reason);

  if (auto progress = check_before_chain(request); progress.next != Progress::Next::Later) return progress;
  request.info = request_info(request, next_id_++, wall_clock_us_);
  begin_received(request);
  if (RequestWitness* witness = witness_of(request)) witness->received(request);

  if (auto refusal = refusal_of(request))
    return reply(request, {refusal->code, Discard::Unanswered, refusal->error_cause, RADIUS_REJECT}, no_attributes);
  if (auto progress = find_conversation(request); progress.next != Progress::Next::Later) return progress;
  return run_chain(request);
}

Pipeline::Progress Pipeline::refuse_kind(Request& request) {
  if (auto reason = verify_request(*request.packet, *request.client, request.link, false))
    return Progress::discard(*reason);
  return refuse(request, Discard::UnexpectedCode, error_cause::unsupported_extension);
}

void Pipeline::begin_received(Request& request) {
  HidingKey key{request.secret(), hiding_authenticator(*request.packet)};
  const HidingKey* used = request.link.is_1_1() ? nullptr : &key;
  request.received.begin(request.packet->attribute_octets(), request.dictionary().root(), used);
}

/// Learns whether a source sends Message-Authenticator. `must`: it did before, and `auto` holds it to that.
void Pipeline::note_source(const Request& request, bool must) {
  const Client& client = *request.client;
  const IpAddress& source = request.datagram.peer.address;
  if (!SourcePolicy::is_watched(client)) return;
  if (!request.packet->has(attribute_type::message_authenticator)) return sources_.note_without(client, source);
  if (must || !sources_.note_with(client, source)) return;
  bool all = client.require_message_authenticator == RequireMessageAuthenticator::Auto;
  log_.info(all ? "source sends Message-Authenticator, and must from now on"
                : "source sends Message-Authenticator, and Proxy-State without it is refused from now on",
            {{"client", client.name}, {"source", source.to_text()}});
}

/// RFC 5997 §3: answered by the host itself, by what the listener is for, whatever else the request holds.
Pipeline::Progress Pipeline::answer_status(Request& request) {
  const Listener& listener = *request.listener;
  const Client& client = *request.client;
  bool is_for_access = listener.accepts_kind(RequestKind::Access);
  bool is_answered = is_for_access || listener.accepts_kind(RequestKind::Accounting);
  if (!is_answered || !listener.status_server || !client.status_server) {
    tally_.request(account(request));
    return Progress::discard(Discard::StatusDisabled);
  }
  tally_.status_request(account(request));
  request.is_status = true;
  if (auto reason = verify_request(*request.packet, client, request.link, false)) return Progress::discard(*reason);
  if (!client.record.status_limit.passes(now_ns_)) return Progress::discard(Discard::StatusRate);

  Code code = is_for_access ? Code::AccessAccept : Code::AccountingResponse;
  ReplyParts parts{code, *request.packet, no_attributes, 0, {}, request.secret(), request.link};
  auto encoded = encode_reply(parts, salts_, request.reply_octets);
  if (!encoded.ok()) return Progress::discard(Discard::ReplyUnencodable);
  request.reply_size = encoded->size;
  tally_.status_reply(account(request));
  return {Progress::Next::Reply};
}

/// What a verified request must pass before handlers see it. Later: nothing stands against it.
Pipeline::Progress Pipeline::check_before_chain(Request& request) {
  const Listener& listener = *request.listener;
  warn_once(request);
  if (is_dynamic_authorization(request.kind)) {
    auto now_s = static_cast<uint64_t>(wall_clock_us_ / 1000000);
    if (!is_current(*request.packet, listener.event_timestamp_window_s, listener.require_event_timestamp, now_s))
      return Progress::discard(Discard::StaleEventTimestamp);
    if (is_authorize_only(*request.packet)) tally_.authorize_only(account(request));
  }
  if (auto progress = find_duplicate(request); progress.next != Progress::Next::Later) return progress;
  if (listener.record.in_flight.load(std::memory_order_relaxed) >= listener.max_in_flight)
    return no_answer(request, Discard::ListenerInFlight);
  if (request.client->record.in_flight.load(std::memory_order_relaxed) >= request.client->max_in_flight)
    return no_answer(request, Discard::ClientInFlight);
  return {};
}

Pipeline::Progress Pipeline::find_duplicate(Request& request) {
  if (request.connection != nullptr) return find_in_hand(request);
  // A NAK because nobody is there is the same octets whenever it is computed.
  bool is_cheap = is_dynamic_authorization(request.kind) && request.listener->chain(request.kind).handlers().empty();
  if (request.duplicates == nullptr || is_cheap) return {};
  DuplicateKey key(request.datagram, *request.packet);
  DuplicateCache::Lookup found = request.duplicates->find_or_claim(*request.packet, key, now_ns_, request.reply_octets);
  request.claim = found.claim;
  switch (found.found) {
    case DuplicateCache::Found::New: return {};
    case DuplicateCache::Found::InProgress: return Progress::discard(Discard::Duplicate);
    case DuplicateCache::Found::Elsewhere: return pass_on(request);
    case DuplicateCache::Found::Answered: break;
  }
  request.reply_size = found.answer_size;
  tally_.repeated_reply(account(request));
  return {Progress::Next::Reply};
}

/// Over a connection nothing is sent twice, but what is in hand there is told from what is not.
Pipeline::Progress Pipeline::find_in_hand(Request& request) {
  switch (request.connection->claim(request)) {
    case ClientConnection::Claim::New: return {};
    case ClientConnection::Claim::InProgress: return Progress::discard(Discard::Duplicate);
    case ClientConnection::Claim::Reused: return Progress::discard(Discard::TokenReused);
  }
  return {};
}

/// The server that this one takes over from has it in hand, or what it is part of: it will answer.
Pipeline::Progress Pipeline::pass_on(const Request& request) {
  return Progress::discard(request.path->pass_on(request) ? Discard::PassedOn : Discard::SendFailed);
}

/// Does the request go on where an earlier Access-Challenge left off? Later: it may run through a chain.
Pipeline::Progress Pipeline::find_conversation(Request& request) {
  request.chain = &request.listener->chain(request.kind);
  Octets state = request.kind == RequestKind::Access ? request.packet->value_of(attribute_type::state) : Octets();
  if (state.empty()) return {};
  switch (conversations_.resume(state, place(request), request)) {
    case Conversations::Found::Foreign: return {};
    case Conversations::Found::Resumed: {
      // Its handlers may be of an earlier configuration.
      const Dictionary& theirs = request.chain->handlers().front()->dictionary();
      if (&theirs == &request.dictionary()) return {};
      request.use(theirs);
      begin_received(request);
      return {};
    }
    case Conversations::Found::InHand: return no_answer(request, Discard::ConversationBusy);
    case Conversations::Found::Elsewhere: {
      Progress progress = pass_on(request);
      if (progress.reason != Discard::PassedOn) return no_answer(request, progress.reason);
      if (request.duplicates != nullptr) request.duplicates->leave_elsewhere(request.claim);
      return progress;
    }
    case Conversations::Found::Over: break;
  }
  // The peer is told that this leads nowhere; where it speaks EAP, in EAP too (RFC 3579 §2.6.3).
  Octets eap = request.packet->value_of(attribute_type::eap_message);
  uint8_t eap_identifier = eap.size() > 1 ? eap[1] : uint8_t{0};
  const std::array<uint8_t, 6> eap_failure{attribute_type::eap_message, 6, 4, eap_identifier, 0, 4};
  bool speaks_eap = request.packet->has(attribute_type::eap_message);
  return reply(request, {Code::AccessReject, Discard::Unanswered, 0, RADIUS_REJECT}, no_attributes,
               speaks_eap ? Octets(eap_failure) : Octets());
}

/// What a client does that no RFC allows and that is served all the same is said once.
void Pipeline::warn_once(const Request& request) {
  const Client& client = *request.client;
  // RFC 3579 §3.3: who sends this protects nothing by it.
  if (request.kind == RequestKind::Accounting && request.packet->has(attribute_type::message_authenticator) &&
      !client.record.accounting_warned.test_and_set())
    log_.warn("Message-Authenticator in an Accounting-Request is ignored",
              {{"listener", request.listener->name}, {"client", client.name}});
  // RFC 2865 §4.1.
  if (request.kind == RequestKind::Access && !client.record.nas_identity_warned.test(std::memory_order_relaxed) &&
      !names_nas(*request.packet) && !client.record.nas_identity_warned.test_and_set())
    log_.warn("an Access-Request has neither NAS-IP-Address nor NAS-Identifier",
              {{"listener", request.listener->name}, {"client", client.name}});
}

}  // namespace radhost
