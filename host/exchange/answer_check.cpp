// SPDX-License-Identifier: Apache-2.0
#include "exchange/answer_check.h"

#include <algorithm>

#include "exchange/answer.h"
#include "exchange/event_timestamp.h"

namespace radhost {
namespace {

bool may_answer(Code answer, Code request) {
  switch (request) {
    case Code::AccessRequest:
      return answer == Code::AccessAccept || answer == Code::AccessReject || answer == Code::AccessChallenge ||
             answer == Code::ProtocolError;
    case Code::AccountingRequest: return answer == Code::AccountingResponse || answer == Code::ProtocolError;
    case Code::CoaRequest: return answer == Code::CoaAck || answer == Code::CoaNak || answer == Code::ProtocolError;
    case Code::DisconnectRequest:
      return answer == Code::DisconnectAck || answer == Code::DisconnectNak || answer == Code::ProtocolError;
    // RFC 5997 §4.1: either of them, on whatever port; all else is discarded.
    case Code::StatusServer: return answer == Code::AccessAccept || answer == Code::AccountingResponse;
    default: return false;
  }
}

/// Which answers must prove more than MD5 does (CVE-2024-3596). An Accounting-Response never carries one.
bool is_protected_kind(Code request, Code answer) {
  bool is_kind = request == Code::AccessRequest || request == Code::StatusServer;
  return is_kind && answer != Code::AccountingResponse;
}

/// Nothing where it proves to be the server's, or need not.
std::optional<BadAnswer> check_signatures(const Packet& answer, const OutboundPacket& request,
                                          const AnswerRules& rules) {
  const SharedSecret& secret = *rules.secret;
  if (!verify_response_authenticator(answer, request.authenticator(), secret)) return BadAnswer::BadAuthenticator;
  if (answer.has(attribute_type::message_authenticator)) {
    // In the place of its authenticator stands the request's, whatever that is (RFC 3579 §3.2, RFC 5176 §3.4).
    if (!verify_response_message_authenticator(answer, request.authenticator(), secret))
      return BadAnswer::BadMessageAuthenticator;
    return std::nullopt;
  }
  // Conformance TRN-12: over TLS one that is missing says nothing.
  if (rules.is_tls) return std::nullopt;
  bool is_required = rules.require_message_authenticator && is_protected_kind(request.code(), answer.code());
  // RFC 3579 §3.1: never without one.
  if (is_required || answer.has(attribute_type::eap_message)) return BadAnswer::MissingMessageAuthenticator;
  return std::nullopt;
}

}  // namespace

std::optional<BadAnswer> check_answer(const Packet& answer, const OutboundPacket& request, const AnswerRules& rules) {
  if (!may_answer(answer.code(), request.code())) return BadAnswer::UnexpectedCode;
  if (rules.secret != nullptr)
    if (auto reason = check_signatures(answer, request, rules)) return reason;
  bool is_dynamic = request.code() == Code::CoaRequest || request.code() == Code::DisconnectRequest;
  // RFC 5176 §6.3: answers are checked as requests are.
  if (is_dynamic && !is_current(answer, rules.event_timestamp_window_s, false, rules.now_s))
    return BadAnswer::StaleTimestamp;
  return std::nullopt;
}

bool asks_for_another_server(const Packet& answer) {
  Octets value = answer.value_of(attribute_type::error_cause);
  if (answer.code() != Code::ProtocolError || value.size() != sizeof(uint32_t)) return false;
  uint32_t cause = get_uint32be(value);
  return cause == error_cause::request_not_routable || cause == error_cause::other_proxy_error ||
         cause == error_cause::resources_unavailable;
}

size_t copy_without(Octets attributes, const OwnProxyState& own, MutableOctets to) {
  std::optional<Attribute> last;
  for (Attribute attribute : AttributeRange(attributes))
    if (attribute.type == attribute_type::proxy_state) last = attribute;
  bool is_own = last && std::equal(last->value.begin(), last->value.end(), own.begin(), own.end());
  if (!is_own) {
    copy_octets(to, attributes);
    return attributes.size();
  }
  Octets behind = attributes.subspan(last->offset + Attribute::header_size + last->value.size());
  copy_octets(to, attributes.first(last->offset));
  copy_octets(to.subspan(last->offset), behind);
  return last->offset + behind.size();
}

}  // namespace radhost
