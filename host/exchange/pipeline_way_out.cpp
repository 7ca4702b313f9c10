// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "exchange/pipeline.h"
#include "exchange/refusal.h"
#include "exchange/reply.h"

namespace radhost {
namespace {

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

/// What a Protocol-Error says of it (RFC 5176 §3.5); nothing of what is dropped on purpose.
std::optional<uint32_t> error_cause_of(Discard reason) {
  switch (reason) {
    case Discard::InvalidAccounting: return error_cause::invalid_request;
    case Discard::ListenerInFlight:
    case Discard::ClientInFlight:
    case Discard::OffloadQueueFull:
    case Discard::ConversationBusy:
    case Discard::PluginError:
    case Discard::PluginTimeout:
    case Discard::Unanswered:
    case Discard::ReplyUnencodable:
    case Discard::SendFailed: return error_cause::resources_unavailable;
    default: return std::nullopt;
  }
}

/// What handlers put into a reply that is not sent; 0 for nothing.
uint32_t error_cause_in(const AttributeList& list) {
  for (size_t i = 0; i < list.size(); ++i) {
    AttributeView attribute = list.at(i);
    if (attribute.top == attribute_type::error_cause && attribute.value.size() == sizeof(uint32_t))
      return get_uint32be(attribute.value);
  }
  return 0;
}

const AttributeList no_attributes;

}  // namespace

/// Tells the handlers what the request comes to, and answers it; or answers it when all have heard.
Pipeline::Progress Pipeline::conclude(Request& request, ChainOutcome&& outcome) {
  subrequests_.end_of(request);
  if (outcome.by != nullptr && !outcome.reason.empty()) note_failure(request, outcome);
  outcome.reason.clear();
  Answer decided = decide_answer(request.kind, outcome, request.link);
  switch (request.chain->finish(request, worker_, decided.verdict)) {
    case ChainVersion::Finished::All: return answer(request, outcome, decided);
    case ChainVersion::Finished::Later: request.outcome = std::move(outcome); return park(request);
    case ChainVersion::Finished::Failed: break;
  }
  // What it would have added to the reply is missing: that is no answer to send.
  return conclude(request, request.chain->failed_finish(request));
}

/// Goes on until all handlers of a request that was answered already have heard of it; then its slot is free.
void Pipeline::finish_answered(Request& request) {
  auto finished = request.chain->finish(request, worker_, request.final_verdict);
  while (finished == ChainVersion::Finished::Failed) {
    note_failure(request, request.chain->failed_finish(request));
    finished = request.chain->finish(request, worker_, request.final_verdict);
  }
  if (finished == ChainVersion::Finished::Later) return enter_flight(request);
  conversations_.put_back(request);
  request.path->give_back(request);
}

Pipeline::Progress Pipeline::answer(Request& request, const ChainOutcome& outcome, Answer answer) {
  if (RequestWitness* witness = witness_of(request)) witness->concluded(request, outcome);
  std::array<uint8_t, Attribute::header_size + Conversations::state_size> state;
  bool goes_on = answer.code == Code::AccessChallenge && !has_state(request.reply);
  if (goes_on && !put_state(request, state)) {
    ChainOutcome full{Verdict::Failed, outcome.by, "there are too many conversations"};
    note_failure(request, full);
    answer = decide_answer(request.kind, full, request.link);
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
  if (!answer.code) {
    // What a handler, or the server that it asked, found to be the matter.
    bool is_explained = outcome.verdict == Verdict::Unable;
    return no_answer(request, answer.discard, is_explained ? error_cause_in(request.reply) : 0);
  }
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
  subrequests_.end_of(request);
  note_failure(request, outcome);
  Answer answer = decide_answer(request.kind, outcome, request.link);
  request.final_verdict = answer.verdict;
  if (!answer.code) return no_answer(request, answer.discard);
  return reply(request, answer, no_attributes);
}

Pipeline::Progress Pipeline::reply(Request& request, const Answer& answer, const AttributeList& attributes,
                                   Octets own) {
  // Its Identifier is another one's by now, and the answer would be taken for that one's.
  if (request.connection != nullptr && !request.connection->holds(request))
    return Progress::discard(Discard::Superseded);
  ReplyParts parts{*answer.code, *request.packet, attributes, answer.error_cause, own,
                   request.secret(), request.link};
  auto encoded = encode_reply(parts, salts_, request.reply_octets);
  const Instance* handler = request.chain == nullptr ? nullptr : request.chain->last_called(request);
  if (!encoded.ok()) {
    // What is not the handler's cannot be its failure: there is nothing to leave out.
    if (handler == nullptr || attributes.empty()) return no_answer(request, Discard::ReplyUnencodable);
    ChainOutcome failed{Verdict::Failed, handler, why(encoded.error())};
    note_failure(request, failed);
    request.chain->count_failure(request, worker_);
    Answer bare = decide_answer(request.kind, failed, request.link);
    return bare.code ? reply(request, bare, no_attributes) : no_answer(request, Discard::ReplyUnencodable);
  }
  request.reply_size = encoded->size;
  if (encoded->left_out != 0) {
    tally_.left_out(account(request), encoded->left_out);
    // Who rejects does not take back what handlers before it would have granted.
    if (handler != nullptr && *answer.code != Code::AccessReject)
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
  tally_.reply(account(request), *answer.code, encoded->error_cause, monotonic_ns() - request.received_ns);
  return {is_delayed ? Progress::Next::ReplyLater : Progress::Next::Reply, {}, due_ns};
}

/// A verified request gets no answer. What a handler wanted dropped stays dropped; all else may be tried again
/// (RFC 2866 §2: the client goes on until it is recorded).
Pipeline::Progress Pipeline::no_answer(Request& request, Discard reason, uint32_t error_cause) {
  if (request.duplicates == nullptr) return refuse_if_asked_over_1_1(request, reason, error_cause);
  if (reason != Discard::DroppedByPlugin) request.duplicates->forget(request.claim);
  else if (!request.duplicates->remember(request.claim, {}, now_ns_)) reason = Discard::Superseded;
  return Progress::discard(reason);
}

/// Says that there is no answer, and why (RFC 7930 §4, RFC 9765 §6.1).
Pipeline::Progress Pipeline::refuse(Request& request, Discard reason, uint32_t error_cause) {
  // In RADIUS/1.0 Identifiers are the Code's own, so it says which (RFC 7930 §4); in RADIUS/1.1 it must not.
  constexpr uint8_t original_packet_code = 4;
  const std::array<uint8_t, 7> original{attribute_type::extended_1, 7, original_packet_code, 0, 0, 0,
                                        static_cast<uint8_t>(request.packet->code())};
  Octets own = request.link.is_1_1() ? Octets() : Octets(original);
  ReplyParts parts{Code::ProtocolError, *request.packet, no_attributes, error_cause, own,
                   request.secret(), request.link};
  auto encoded = encode_reply(parts, salts_, request.reply_octets);
  if (!encoded.ok()) return Progress::discard(reason);
  request.reply_size = encoded->size;
  tally_.refusal(account(request));
  return {Progress::Next::Refuse, reason, 0};
}

/// RFC 9765 §6.1: there a client is told what cannot be done, and why. `error_cause`: 0 leaves that to the reason.
Pipeline::Progress Pipeline::refuse_if_asked_over_1_1(Request& request, Discard reason, uint32_t error_cause) {
  auto cause = request.link.is_1_1() ? error_cause_of(reason) : std::nullopt;
  if (!cause) return Progress::discard(reason);
  return refuse(request, reason, error_cause != 0 ? error_cause : *cause);
}

/// As long, or up to a tenth longer: answers to guesses come at no time that tells them apart.
uint64_t Pipeline::jittered(uint64_t delay_ns) {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return delay_ns + random_ % (delay_ns / 10 + 1);
}

}  // namespace radhost
