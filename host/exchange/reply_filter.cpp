// SPDX-License-Identifier: Apache-2.0
#include "exchange/reply_filter.h"

#include "base/reader.h"
#include "exchange/answer.h"
#include "exchange/refusal.h"

namespace radhost {
namespace {

constexpr uint32_t vendor_microsoft = 311;
constexpr uint32_t ms_chap_error = 2;

/// RFC 5176 §3.6, and RFC 2865 §5.44's Access-Reject: what may stand there besides the machinery's own.
bool reject_may_carry(const AttributeDefinition& attribute) {
  if (attribute.vendor == vendor_microsoft) return attribute.number == ms_chap_error;  // RFC 2548 §2.1.5
  switch (attribute.top().number) {
    case attribute_type::reply_message:
    case attribute_type::eap_message: return true;
    default: return false;
  }
}

bool challenge_may_carry_type(uint32_t number) {
  constexpr uint32_t digest_first = 103;  // RFC 5090 §3
  constexpr uint32_t digest_last = 122;
  switch (number) {
    case attribute_type::reply_message:
    case attribute_type::state:
    case attribute_type::vendor_specific:
    case attribute_type::session_timeout:
    case attribute_type::idle_timeout:
    case attribute_type::arap_features:
    case attribute_type::arap_security:
    case attribute_type::arap_security_data:
    case attribute_type::password_retry:
    case attribute_type::prompt:
    case attribute_type::eap_message: return true;
    default: return number >= digest_first && number <= digest_last;
  }
}

bool challenge_may_carry(const AttributeDefinition& attribute) {
  // Nobody was accepted yet; RFC 2548 §2.4 says so of keys.
  if (attribute.hidden() || attribute.holds_hidden) return false;
  return challenge_may_carry_type(attribute.top().number);
}

bool dynamic_authorization_may_carry(Code code, const AttributeDefinition& attribute) {
  if (attribute.hidden() || attribute.holds_hidden) return false;  // DYN-13: there is no key to hide it with
  switch (attribute.top().number) {
    case attribute_type::event_timestamp:
    case attribute_type::vendor_specific: return true;
    case attribute_type::service_type: return code == Code::CoaNak;
    case attribute_type::acct_terminate_cause: return code == Code::DisconnectAck;
    default: return false;
  }
}

/// RFC 5176 §3.5: which Error-Cause says something in which answer. Conformance DYN-10, D-15.
bool error_cause_fits(Code code, uint32_t error_cause) {
  switch (code) {
    case Code::DisconnectAck: return error_cause == error_cause::session_removed;
    case Code::CoaNak:
    case Code::DisconnectNak: break;
    default: return !is_dynamic_authorization_reply(code);
  }
  if (error_cause == error_cause::session_not_removable) return code == Code::DisconnectNak;
  if (error_cause == error_cause::unsupported_service) return code == Code::CoaNak;
  return error_cause >= 400 && error_cause < 700;
}

}  // namespace

bool is_dynamic_authorization_reply(Code code) {
  return code == Code::CoaAck || code == Code::CoaNak || code == Code::DisconnectAck || code == Code::DisconnectNak;
}

ReplyFilter::ReplyFilter(Code code, const Packet& request, bool is_vouched_for)
    : code_(code),
      is_protected_(is_vouched_for || request.has(attribute_type::message_authenticator)),
      is_bare_check_(code == Code::AccessAccept && !request.has(attribute_type::state) && !has_credentials(request)),
      asks_for_identity_(request.has(attribute_type::chargeable_user_identity)) {}

bool ReplyFilter::passes(const AttributeView& attribute) {
  bool passes = may_carry(attribute);
  if (!passes) ++left_out_;
  return passes;
}

bool ReplyFilter::may_carry(const AttributeView& attribute) {
  if (attribute.definition == nullptr) return may_carry_raw(attribute);
  const AttributeDefinition& definition = *attribute.definition;
  if (definition.top().number == attribute_type::error_cause) return may_carry_error_cause(attribute);
  switch (code_) {
    case Code::AccessAccept: return accept_may_carry(definition);
    case Code::AccessReject: return reject_may_carry(definition);
    case Code::AccessChallenge: return challenge_may_carry(definition);
    case Code::AccountingResponse: return definition.top().number == attribute_type::vendor_specific;
    default: return dynamic_authorization_may_carry(code_, definition);
  }
}

bool ReplyFilter::accept_may_carry(const AttributeDefinition& attribute) const {
  bool is_standard = attribute.vendor == 0;
  uint32_t number = attribute.top().number;
  // RFC 2868 §5: somebody who can send a request without Message-Authenticator could ask for a Tunnel-Password.
  if (is_standard && number == attribute_type::tunnel_password && !is_protected_) return false;
  // RFC 5080 §2.1.1: who proves nothing is told nothing confidential.
  if (is_bare_check_ && (attribute.hidden() || attribute.holds_hidden)) return false;
  // RFC 4372 §2.1: only a NAS that asks for it knows what it is for.
  return !is_standard || number != attribute_type::chargeable_user_identity || asks_for_identity_;
}

/// What was received from another server and not understood: RFC 6929 §5.2 wants it passed on, where what is understood
/// of its type might stand.
bool ReplyFilter::may_carry_raw(const AttributeView& attribute) const {
  uint8_t type = attribute.top;
  if (type == attribute_type::message_authenticator || type == attribute_type::proxy_state) return false;
  switch (code_) {
    case Code::AccessAccept:
      if (type == attribute_type::tunnel_password) return is_protected_ && !is_bare_check_;
      return type != attribute_type::chargeable_user_identity || asks_for_identity_;
    case Code::AccessReject: return type == attribute_type::reply_message || type == attribute_type::eap_message;
    case Code::AccessChallenge: return challenge_may_carry_type(type);
    case Code::AccountingResponse: return type == attribute_type::vendor_specific;
    default: return type == attribute_type::event_timestamp || type == attribute_type::vendor_specific;
  }
}

bool ReplyFilter::may_carry_error_cause(const AttributeView& attribute) {
  bool is_place = code_ != Code::AccountingResponse && code_ != Code::AccessAccept;
  if (!is_place || attribute.value.size() != 4) return false;
  uint32_t value = get_uint32be(attribute.value);
  if (!error_cause_fits(code_, value)) return false;
  error_cause_ = value;
  return true;
}

}  // namespace radhost
