// SPDX-License-Identifier: Apache-2.0
#include "exchange/pipeline.h"

#include <cstring>

#include "base/clock.h"
#include "base/reader.h"
#include "exchange/event_timestamp.h"
#include "exchange/refusal.h"
#include "exchange/reply.h"
#include "exchange/verify.h"
#include "packet/authenticator.h"
#include "plugin/ready_queue.h"

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

bool is_dynamic_authorization(RequestKind kind) { return kind == RequestKind::Coa || kind == RequestKind::Disconnect; }

/// The value of the first attribute of a type; empty without one.
Octets value_of(const Packet& packet, uint8_t type) {
  if (packet.has(type))
    for (Attribute attribute : packet.attributes())
      if (attribute.type == type) return attribute.value;
  return {};
}

bool has_state(const AttributeList& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list.at(i).top == attribute_type::state) return true;
  return false;
}

std::string why(EncodeError error) {
  switch (error) {
    case EncodeError::NoRoom: return "its reply does not fit a packet of 4096 octets";
    case EncodeError::TooLong: return "a value of its reply is longer than its attribute can hold";
    case EncodeError::Internal: return "its reply holds an internal attribute";
  }
  return "its reply cannot be encoded";
}

const AttributeList no_attributes;

}  // namespace

void Request::Deadline::expired() { pipeline_.expire(request_); }

Request::Deadline::~Deadline() { pipeline_.timers().stop(*this); }

Pipeline::Pipeline(const Parts& parts)
    : dictionary_(parts.dictionary),
      log_(parts.log),
      tally_(parts.counters),
      discard_log_(parts.log),
      timers_(parts.timers),
      ready_(parts.ready),
      tokens_(parts.tokens),
      conversations_(parts.conversations),
      sources_(parts.sources),
      worker_(parts.worker),
      md5_(parts.digests),
      salts_(static_cast<uint16_t>(parts.random)),
      random_(parts.random | 1),
      next_id_(parts.first_id) {
  begin_batch();
}

std::unique_ptr<Request> Pipeline::make_request(ReplyPath& path) {
  auto request = std::make_unique<Request>(dictionary_, *this, path);
  request->slot = tokens_.add(*request);
  request->ready = &ready_;
  return request;
}

void Pipeline::begin_batch() {
  now_ns_ = monotonic_ns();
  wall_clock_us_ = wall_clock_us();
}

void Pipeline::process(const Listener& listener, DuplicateCache* duplicates, Request& request) {
  request.listener = &listener;
  request.duplicates = duplicates;
  request.claim = {};
  request.is_status = false;
  settle(request, begin(request));
}

/// The path of a packet, in its order (host/README.md).
Pipeline::Progress Pipeline::begin(Request& request) {
  const Listener& listener = *request.listener;
  request.client = listener.clients.find(request.datagram.peer.address);
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
  if (!is_accepted) return Progress::discard(Discard::UnexpectedCode);

  const IpAddress& source = request.datagram.peer.address;
  bool is_access = *kind == RequestKind::Access;
  bool sends_it = is_access && sources_.sends_message_authenticator(*request.client, source);
  if (auto reason = verify_request(*packet, *request.client, sends_it, md5_)) return Progress::discard(*reason);
  if (is_access && !sends_it) note_source(request);

  if (auto progress = check_before_chain(request); progress.next != Progress::Next::Later) return progress;
  begin_request(request);
  if (auto refusal = refusal_of(*packet, *request.client, request.received))
    return reply(request, {refusal->code, Discard::Unanswered, refusal->error_cause, RADIUS_REJECT}, no_attributes);
  if (auto progress = find_conversation(request); progress.next != Progress::Next::Later) return progress;
  return run_chain(request);
}

/// What `auto` learns of a source that is not known to send Message-Authenticator.
void Pipeline::note_source(const Request& request) {
  const Client& client = *request.client;
  const IpAddress& source = request.datagram.peer.address;
  if (!SourcePolicy::is_auto(client)) return;
  if (!request.packet->has(attribute_type::message_authenticator)) return sources_.note_unprotected(client, source);
  if (!sources_.note_protected(client, source)) return;
  log_.info("source sends Message-Authenticator, and must from now on",
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
  if (auto reason = verify_request(*request.packet, client, false, md5_)) return Progress::discard(*reason);
  if (!client.status_limit.passes(now_ns_)) return Progress::discard(Discard::StatusRate);

  Code code = is_for_access ? Code::AccessAccept : Code::AccountingResponse;
  ReplyParts parts{code, *request.packet, no_attributes, 0, {}};
  auto encoded = encode_reply(parts, client.secret, md5_, salts_, request.reply_octets);
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
  if (listener.in_flight.load(std::memory_order_relaxed) >= listener.max_in_flight)
    return no_answer(request, Discard::ListenerInFlight);
  if (request.client->in_flight.load(std::memory_order_relaxed) >= request.client->max_in_flight)
    return no_answer(request, Discard::ClientInFlight);
  return {};
}

Pipeline::Progress Pipeline::find_duplicate(Request& request) {
  // A NAK because nobody is there is the same octets whenever it is computed.
  bool is_cheap = is_dynamic_authorization(request.kind) && request.listener->chain(request.kind).handlers().empty();
  if (request.duplicates == nullptr || is_cheap) return {};
  DuplicateKey key(request.datagram, *request.packet);
  DuplicateCache::Lookup found = request.duplicates->find_or_claim(*request.packet, key, now_ns_, request.reply_octets);
  request.claim = found.claim;
  switch (found.found) {
    case DuplicateCache::Found::New: return {};
    case DuplicateCache::Found::InProgress: return Progress::discard(Discard::Duplicate);
    case DuplicateCache::Found::Answered: break;
  }
  request.reply_size = found.answer_size;
  tally_.repeated_reply(account(request));
  return {Progress::Next::Reply};
}

/// Does the request go on where an earlier Access-Challenge left off? Later: it may run through a chain.
Pipeline::Progress Pipeline::find_conversation(Request& request) {
  request.chain = &request.listener->chain(request.kind);
  Octets state = request.kind == RequestKind::Access ? value_of(*request.packet, attribute_type::state) : Octets();
  if (state.empty()) return {};
  switch (conversations_.resume(state, place(request), request)) {
    case Conversations::Found::Foreign:
    case Conversations::Found::Resumed: return {};
    case Conversations::Found::InHand: return no_answer(request, Discard::ConversationBusy);
    case Conversations::Found::Over: break;
  }
  // The peer is told that this leads nowhere; where it speaks EAP, in EAP too (RFC 3579 §2.6.3).
  Octets eap = value_of(*request.packet, attribute_type::eap_message);
  uint8_t eap_identifier = eap.size() > 1 ? eap[1] : uint8_t{0};
  const std::array<uint8_t, 6> eap_failure{attribute_type::eap_message, 6, 4, eap_identifier, 0, 4};
  bool speaks_eap = request.packet->has(attribute_type::eap_message);
  return reply(request, {Code::AccessReject, Discard::Unanswered, 0, RADIUS_REJECT}, no_attributes,
               speaks_eap ? Octets(eap_failure) : Octets());
}

Pipeline::Progress Pipeline::run_chain(Request& request) {
  auto outcome = request.chain->run(request, worker_, now_ns_);
  return outcome ? conclude(request, *outcome) : park(request);
}

/// Handlers will answer later: until then the worker keeps an eye on the time.
Pipeline::Progress Pipeline::park(Request& request) {
  request.is_in_flight = true;
  ++in_flight_;
  request.listener->in_flight.fetch_add(1, std::memory_order_relaxed);
  request.client->in_flight.fetch_add(1, std::memory_order_relaxed);
  tally_.begin_handling(account(request));
  timers_.start(request.deadline, request.info.deadline_ns);
  return {};
}

void Pipeline::leave_flight(Request& request) {
  timers_.stop(request.deadline);
  if (!std::exchange(request.is_in_flight, false)) return;
  --in_flight_;
  request.listener->in_flight.fetch_sub(1, std::memory_order_relaxed);
  request.client->in_flight.fetch_sub(1, std::memory_order_relaxed);
  tally_.end_handling(account(request));
}

void Pipeline::resume(Request& request) {
  leave_flight(request);
  if (request.state.completion().ended) {
    // It was answered when its time was over; now nobody holds it any more.
    request.state.close();
    request.chain->finish(request, worker_, request.final_verdict);
    conversations_.put_back(request);
    request.path.give_back(request);
    return;
  }
  auto outcome = request.chain->resume(request, worker_, now_ns_);
  settle(request, outcome ? conclude(request, *outcome) : park(request));
}

void Pipeline::expire(Request& request) {
  timers_.stop(request.deadline);
  radius_token_t token = request.state.is_token_taken() ? TokenTable::token(request.slot, request.state.serial()) : 0;
  RequestState::Expiry expiry = request.state.expire();
  if (expiry == RequestState::Expiry::Completed) return;
  ChainOutcome outcome = request.chain->time_out(request);
  if (token != 0) outcome.by->cancel(token);
  if (expiry == RequestState::Expiry::Free) {
    request.state.close();
    leave_flight(request);
    request.reply.clear();
    settle(request, conclude(request, outcome));
    return;
  }
  // Somebody has its lists in hand. It stays in flight until they let go.
  Progress progress = conclude_without_lists(request, outcome);
  if (progress.next == Progress::Next::Discard) {
    tally_.discard(account(request), progress.reason);
    discard_log_.discarded(account(request), request.datagram, request.info.id, progress.reason);
    return;
  }
  request.path.send_copy(request, progress.due_ns);
}

Pipeline::Progress Pipeline::conclude(Request& request, const ChainOutcome& outcome) {
  if (outcome.by != nullptr && !outcome.reason.empty()) discard_log_.failed(account(request), request.info.id, outcome);
  Answer answer = decide_answer(request.kind, outcome);
  request.chain->finish(request, worker_, answer.verdict);

  std::array<uint8_t, Attribute::header_size + Conversations::state_size> state;
  bool goes_on = answer.code == Code::AccessChallenge && !has_state(request.reply);
  if (goes_on && !put_state(request, state)) {
    ChainOutcome full{Verdict::Failed, outcome.by, "there are too many conversations"};
    discard_log_.failed(account(request), request.info.id, full);
    answer = decide_answer(request.kind, full);
    goes_on = false;
  }
  // RFC 5176 §3.3: who agrees will send an Access-Request, and says so in a NAK.
  constexpr std::array<uint8_t, 6> authorize_only{attribute_type::service_type, 6, 0, 0, 0, 17};
  bool initiates = answer.code == Code::CoaAck && is_authorize_only(*request.packet);
  if (initiates) answer = {Code::CoaNak, Discard::Unanswered, error_cause::request_initiated, RADIUS_ACCEPT};
  // What a handler said ends a conversation; that nobody said anything does not.
  bool is_said = answer.code && outcome.verdict <= Verdict::Challenge;
  if (!goes_on && (is_said || outcome.verdict == Verdict::Pass)) conversations_.end(request);
  else if (!goes_on) conversations_.put_back(request);
  if (!answer.code) return no_answer(request, answer.discard);
  Octets own = goes_on ? Octets(state) : initiates ? Octets(authorize_only) : Octets();
  return reply(request, answer, initiates ? no_attributes : request.reply, own);
}

/// Makes the State attribute that brings the next round back.
bool Pipeline::put_state(Request& request, MutableOctets attribute) {
  Conversations::State state;
  if (!conversations_.challenge(request, place(request), state)) return false;
  attribute[0] = attribute_type::state;
  attribute[1] = static_cast<uint8_t>(attribute.size());
  copy_octets(attribute.subspan(Attribute::header_size), state);
  return true;
}

/// The same for a request whose lists somebody else has in hand: the answer is bare, and handlers hear of it later.
Pipeline::Progress Pipeline::conclude_without_lists(Request& request, const ChainOutcome& outcome) {
  discard_log_.failed(account(request), request.info.id, outcome);
  Answer answer = decide_answer(request.kind, outcome);
  request.final_verdict = answer.verdict;
  if (!answer.code) return no_answer(request, answer.discard);
  return reply(request, answer, no_attributes);
}

Pipeline::Progress Pipeline::reply(Request& request, const Answer& answer, const AttributeList& attributes,
                                   Octets own) {
  ReplyParts parts{*answer.code, *request.packet, attributes, answer.error_cause, own};
  auto encoded = encode_reply(parts, request.client->secret, md5_, salts_, request.reply_octets);
  const Instance* handler = request.chain == nullptr ? nullptr : request.chain->last_called(request);
  if (!encoded.ok()) {
    if (handler != nullptr)
      discard_log_.failed(account(request), request.info.id, {Verdict::Failed, handler, why(encoded.error())});
    return no_answer(request, Discard::ReplyUnencodable);
  }
  request.reply_size = encoded->size;
  if (encoded->left_out != 0) {
    tally_.left_out(account(request), encoded->left_out);
    if (handler != nullptr)
      discard_log_.failed(account(request), request.info.id,
                          {Verdict::Failed, handler,
                           std::to_string(encoded->left_out) + " attributes left out of " +
                               std::string(code_name(*answer.code)) + ", which may not carry them"});
  }

  bool is_delayed = *answer.code == Code::AccessReject && request.listener->reject_delay_ns != 0 && !request.proxied;
  uint64_t due_ns = is_delayed ? now_ns_ + jittered(request.listener->reject_delay_ns) : 0;
  if (request.duplicates != nullptr &&
      !request.duplicates->remember(request.claim, request.reply_written(), now_ns_, due_ns))
    return Progress::discard(Discard::Superseded);
  tally_.reply(account(request), *answer.code, encoded->error_cause);
  return {is_delayed ? Progress::Next::ReplyLater : Progress::Next::Reply, {}, due_ns};
}

/// A verified request gets no answer. What a handler wanted dropped stays dropped; all else may be tried again
/// (RFC 2866 §2: the client goes on until it is recorded).
Pipeline::Progress Pipeline::no_answer(Request& request, Discard reason) {
  if (request.duplicates == nullptr) return Progress::discard(reason);
  if (reason != Discard::DroppedByPlugin) request.duplicates->forget(request.claim);
  else if (!request.duplicates->remember(request.claim, {}, now_ns_)) reason = Discard::Superseded;
  return Progress::discard(reason);
}

/// Tells the request's path what has become of it.
void Pipeline::settle(Request& request, const Progress& progress) {
  switch (progress.next) {
    case Progress::Next::Later: return;
    case Progress::Next::Reply: request.path.send(request); return;
    case Progress::Next::ReplyLater: request.path.send_copy(request, progress.due_ns); break;
    case Progress::Next::Discard:
      if (request.is_status) tally_.status_discard(account(request), progress.reason);
      else tally_.discard(account(request), progress.reason);
      discard_log_.discarded(account(request), request.datagram, request.info.id, progress.reason);
      break;
  }
  request.path.give_back(request);
}

void Pipeline::begin_request(Request& request) {
  const Packet& packet = *request.packet;
  const Datagram& datagram = request.datagram;
  radius_request_info_t& info = request.info;
  info = {};
  info.size = sizeof info;
  info.code = static_cast<uint8_t>(packet.code());
  info.identifier = packet.identifier();
  info.version = 10;
  info.transport = RADIUS_TRANSPORT_UDP;
  info.id = next_id_++;
  info.received_us = static_cast<uint64_t>(wall_clock_us_);
  std::memcpy(info.authenticator, packet.authenticator().data(), sizeof info.authenticator);
  info.peer = to_abi(datagram.peer.address, datagram.peer.port, datagram.peer.scope_id);
  info.local = to_abi(datagram.local, datagram.local_port, datagram.interface);
  bool is_protected = packet.code() != Code::AccountingRequest && packet.has(attribute_type::message_authenticator);
  info.flags = is_protected ? uint32_t{RADIUS_REQUEST_PROTECTED} : 0;
  info.client = {request.client->name.data(), request.client->name.size()};
  info.listener = {request.listener->name.data(), request.listener->name.size()};

  HidingKey key{request.client->secret, hiding_authenticator(packet), md5_};
  request.received.begin(packet.attribute_octets(), dictionary_.root(), &key);
}

/// What a client does that no RFC allows and that is served all the same is said once.
void Pipeline::warn_once(const Request& request) {
  const Client& client = *request.client;
  // RFC 3579 §3.3: who sends this protects nothing by it.
  if (request.kind == RequestKind::Accounting && request.packet->has(attribute_type::message_authenticator) &&
      !client.accounting_warned.test_and_set())
    log_.warn("Message-Authenticator in an Accounting-Request is ignored",
              {{"listener", request.listener->name}, {"client", client.name}});
  // RFC 2865 §4.1.
  if (request.kind == RequestKind::Access && !client.nas_identity_warned.test(std::memory_order_relaxed) &&
      !names_nas(*request.packet) && !client.nas_identity_warned.test_and_set())
    log_.warn("an Access-Request has neither NAS-IP-Address nor NAS-Identifier",
              {{"listener", request.listener->name}, {"client", client.name}});
}

/// As long, or up to a tenth longer: answers to guesses come at no time that tells them apart.
uint64_t Pipeline::jittered(uint64_t delay_ns) {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return delay_ns + random_ % (delay_ns / 10 + 1);
}

void Pipeline::count_unsent(const Account& account, const Datagram& datagram) {
  tally_.unsent(account);
  discard_log_.discarded(account, datagram, 0, Discard::SendFailed);
}

}  // namespace radhost
