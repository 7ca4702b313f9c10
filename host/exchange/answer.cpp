// SPDX-License-Identifier: Apache-2.0
#include "exchange/answer.h"

namespace radhost {
namespace {

Answer answer_with(Code code, radius_verdict_t verdict, uint32_t error_cause = 0) {
  return {code, Discard::Unanswered, error_cause, verdict};
}
Answer no_answer(Discard discard) { return {std::nullopt, discard, 0, RADIUS_DROP}; }

Discard reason_of(Verdict verdict) {
  return verdict == Verdict::TimedOut ? Discard::PluginTimeout : Discard::PluginError;
}

Answer decide_access(const ChainOutcome& outcome, const Link& link) {
  // RFC 9765 §6.1: there a client hears that it cannot be done, and is not rejected for it.
  if (outcome.verdict == Verdict::Unable && link.is_1_1()) return no_answer(Discard::PluginError);
  switch (outcome.verdict) {
    case Verdict::Accept: return answer_with(Code::AccessAccept, RADIUS_ACCEPT);
    case Verdict::Challenge: return answer_with(Code::AccessChallenge, RADIUS_CHALLENGE);
    case Verdict::Drop: return no_answer(Discard::DroppedByPlugin);
    case Verdict::Unable:
    case Verdict::Failed:
    case Verdict::TimedOut:
      if (outcome.by->on_error() == OnError::Drop) return no_answer(reason_of(outcome.verdict));
      return answer_with(Code::AccessReject, RADIUS_REJECT);
    case Verdict::NoThread: break;  // see decide_answer
    case Verdict::Reject:
    case Verdict::Pass: break;  // nobody knew the user
  }
  return answer_with(Code::AccessReject, RADIUS_REJECT);
}

/// RFC 2866 §2: answered only when it was recorded.
Answer decide_accounting(const ChainOutcome& outcome) {
  switch (outcome.verdict) {
    case Verdict::Accept: return answer_with(Code::AccountingResponse, RADIUS_ACCEPT);
    case Verdict::Drop: return no_answer(Discard::DroppedByPlugin);
    case Verdict::Reject:
    case Verdict::Pass: return no_answer(Discard::Unanswered);
    default: return no_answer(reason_of(outcome.verdict));
  }
}

Answer decide_dynamic_authorization(Code ack, Code nak, const ChainOutcome& outcome) {
  switch (outcome.verdict) {
    case Verdict::Accept: return answer_with(ack, RADIUS_ACCEPT);
    case Verdict::Drop: return no_answer(Discard::DroppedByPlugin);
    case Verdict::Reject: return answer_with(nak, RADIUS_REJECT);
    // RFC 5176 §3.5: 406 says that the request is not supported here.
    case Verdict::Pass: return answer_with(nak, RADIUS_REJECT, error_cause::unsupported_extension);
    default: return answer_with(nak, RADIUS_REJECT, error_cause::resources_unavailable);
  }
}

}  // namespace

Answer decide_answer(RequestKind kind, const ChainOutcome& outcome, const Link& link) {
  if (outcome.verdict == Verdict::NoThread) return no_answer(Discard::OffloadQueueFull);
  switch (kind) {
    case RequestKind::Access: return decide_access(outcome, link);
    case RequestKind::Accounting: return decide_accounting(outcome);
    case RequestKind::Coa: return decide_dynamic_authorization(Code::CoaAck, Code::CoaNak, outcome);
    case RequestKind::Disconnect:
      return decide_dynamic_authorization(Code::DisconnectAck, Code::DisconnectNak, outcome);
  }
  return no_answer(Discard::UnexpectedCode);
}

}  // namespace radhost
