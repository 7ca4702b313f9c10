// SPDX-License-Identifier: Apache-2.0
#include "exchange/reply.h"

#include "base/reader.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

constexpr uint32_t vendor_microsoft = 311;
constexpr uint32_t ms_chap_error = 2;

bool is_dynamic_authorization(Code code) {
  return code == Code::CoaAck || code == Code::CoaNak || code == Code::DisconnectAck || code == Code::DisconnectNak;
}

/// RFC 5176 §3.6, and RFC 2865 §5.44's Access-Reject: what may stand there besides the machinery's own.
bool reject_may_carry(const AttributeDefinition& attribute) {
  if (attribute.vendor == vendor_microsoft) return attribute.number == ms_chap_error;  // RFC 2548 §2.1.5
  switch (attribute.top().number) {
    case attribute_type::reply_message:
    case attribute_type::eap_message:
    case attribute_type::error_cause: return true;
    default: return false;
  }
}

bool challenge_may_carry(const AttributeDefinition& attribute) {
  constexpr uint32_t digest_first = 103;  // RFC 5090 §3
  constexpr uint32_t digest_last = 122;
  uint32_t number = attribute.top().number;
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
    case attribute_type::eap_message:
    case attribute_type::error_cause: return true;
    default: return number >= digest_first && number <= digest_last;
  }
}

bool dynamic_authorization_may_carry(Code code, const AttributeDefinition& attribute) {
  switch (attribute.top().number) {
    case attribute_type::error_cause:
    case attribute_type::event_timestamp:
    case attribute_type::vendor_specific: return true;
    case attribute_type::service_type: return code == Code::CoaNak;
    case attribute_type::acct_terminate_cause: return code == Code::DisconnectAck;
    default: return false;
  }
}

bool wants_message_authenticator(Code code, const Packet& request) {
  switch (code) {
    case Code::AccessAccept:
    case Code::AccessReject:
    case Code::AccessChallenge: return true;
    // RFC 5176 §3.4 allows it; whoever sends one can check one.
    default: return is_dynamic_authorization(code) && request.has(attribute_type::message_authenticator);
  }
}

/// The request's attributes of a type, in order, unchanged.
void echo(const Packet& request, uint8_t type, Writer& writer) {
  if (!request.has(type)) return;
  for (Attribute attribute : request.attributes()) {
    if (attribute.type != type) continue;
    writer.put_uint8(type);
    writer.put_uint8(static_cast<uint8_t>(attribute.value.size() + Attribute::header_size));
    writer.put(attribute.value);
  }
}

/// RFC 2868 §5: somebody who can send a request without Message-Authenticator could ask for a Tunnel-Password.
bool unprotected_reply_may_carry(Code code, const AttributeDefinition& attribute) {
  bool is_tunnel_password = attribute.vendor == 0 && attribute.top().number == attribute_type::tunnel_password;
  return !is_tunnel_password && reply_may_carry(code, attribute);
}

std::optional<EncodeError> put_attributes(const ReplyParts& parts, const SharedSecret& secret, Md5& md5,
                                          SaltSource& salts, Writer& writer) {
  HidingKey key{secret, parts.request.authenticator(), md5};
  bool is_protected = parts.request.has(attribute_type::message_authenticator);
  AttributeFilter filter{parts.code, is_protected ? reply_may_carry : unprotected_reply_may_carry};
  for (size_t i = 0; i < parts.attributes.size();) {
    EncodeResult encoded = encode_attribute(parts.attributes, i, &key, salts, writer, filter);
    if (encoded.error) return encoded.error;
    i = encoded.next;
  }
  return std::nullopt;
}

}  // namespace

bool reply_may_carry(Code code, const AttributeDefinition& attribute) {
  switch (code) {
    case Code::AccessAccept: return true;
    case Code::AccessReject: return reject_may_carry(attribute);
    case Code::AccessChallenge: return challenge_may_carry(attribute);
    case Code::AccountingResponse: return attribute.top().number == attribute_type::vendor_specific;
    default: return dynamic_authorization_may_carry(code, attribute);
  }
}

uint32_t error_cause_of(const AttributeList& attributes, uint32_t own) {
  for (size_t i = 0; i < attributes.size(); ++i) {
    AttributeView view = attributes.at(i);
    if (view.top == attribute_type::error_cause && view.value.size() == 4) return get_uint32be(view.value);
  }
  return own;
}

Result<size_t, EncodeError> encode_reply(const ReplyParts& parts, const SharedSecret& secret, Md5& md5,
                                         SaltSource& salts, MutableOctets buffer) {
  Writer writer(buffer);
  writer.put_uint8(static_cast<uint8_t>(parts.code));
  writer.put_uint8(parts.request.identifier());
  writer.put_uint16(0);
  writer.put(parts.request.authenticator());

  size_t message_authenticator = 0;
  if (wants_message_authenticator(parts.code, parts.request)) {
    constexpr std::array<uint8_t, Packet::message_authenticator_size> unsigned_yet{};
    writer.put_uint8(attribute_type::message_authenticator);
    writer.put_uint8(Attribute::header_size + Packet::message_authenticator_size);
    message_authenticator = writer.size();
    writer.put(unsigned_yet);
  }
  if (auto error = put_attributes(parts, secret, md5, salts, writer)) return *error;
  if (parts.error_cause != 0 && error_cause_of(parts.attributes, 0) == 0) {
    writer.put_uint8(attribute_type::error_cause);
    writer.put_uint8(Attribute::header_size + 4);
    writer.put_uint32(parts.error_cause);
  }
  writer.put(parts.own);
  // RFC 5176 §3.1, §3.3: State comes back unmodified, as does Proxy-State always.
  if (is_dynamic_authorization(parts.code)) echo(parts.request, attribute_type::state, writer);
  echo(parts.request, attribute_type::proxy_state, writer);
  if (!writer.ok()) return EncodeError::NoRoom;

  MutableOctets reply = writer.written();
  put_uint16be(reply.subspan(2), static_cast<uint16_t>(reply.size()));
  // The Message-Authenticator is computed over the request's authenticator, before the reply's own (RFC 3579 §3.2).
  if (message_authenticator != 0)
    sign_response_message_authenticator(reply, message_authenticator, parts.request.authenticator(), secret, md5);
  sign_response_authenticator(reply, parts.request.authenticator(), secret, md5);
  return reply.size();
}

}  // namespace radhost
