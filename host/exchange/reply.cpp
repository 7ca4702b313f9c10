// SPDX-License-Identifier: Apache-2.0
#include "exchange/reply.h"

#include "exchange/reply_filter.h"
#include "packet/authenticator.h"

namespace radhost {
namespace {

/// RFC 9765 §4.1: the first of the octets that the authenticator has in RADIUS/1.0.
constexpr size_t token_size = 4;

bool wants_message_authenticator(Code code, const Packet& request) {
  switch (code) {
    case Code::AccessAccept:
    case Code::AccessReject:
    case Code::AccessChallenge:
    case Code::ProtocolError: return true;
    // RFC 5176 §3.4 allows it; whoever sends one can check one.
    default: return is_dynamic_authorization_reply(code) && request.has(attribute_type::message_authenticator);
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

std::optional<EncodeError> put_attributes(const ReplyParts& parts, SaltSource& salts, ReplyFilter& filter,
                                          Writer& writer) {
  HidingKey key{parts.secret, parts.request.authenticator()};
  const HidingKey* used = parts.link.is_1_1() ? nullptr : &key;
  for (size_t i = 0; i < parts.attributes.size();) {
    EncodeResult encoded = encode_attribute(parts.attributes, i, used, salts, writer, &filter);
    if (encoded.error) return encoded.error;
    i = encoded.next;
  }
  return std::nullopt;
}

/// RFC 9765 §4.1: what is reserved is zero, and the Token comes back.
void put_header_1_1(const ReplyParts& parts, Writer& writer) {
  constexpr std::array<uint8_t, Packet::authenticator_size - token_size> reserved{};
  writer.put_uint8(static_cast<uint8_t>(parts.code));
  writer.put_uint8(0);
  writer.put_uint16(0);
  writer.put(parts.request.authenticator().first(token_size));
  writer.put(reserved);
}

/// Gives where the Message-Authenticator's value lies; 0 without one.
size_t put_header(const ReplyParts& parts, Writer& writer) {
  writer.put_uint8(static_cast<uint8_t>(parts.code));
  writer.put_uint8(parts.request.identifier());
  writer.put_uint16(0);
  writer.put(parts.request.authenticator());
  if (!wants_message_authenticator(parts.code, parts.request)) return 0;
  constexpr std::array<uint8_t, Packet::message_authenticator_size> unsigned_yet{};
  writer.put_uint8(attribute_type::message_authenticator);
  writer.put_uint8(Attribute::header_size + Packet::message_authenticator_size);
  size_t place = writer.size();
  writer.put(unsigned_yet);
  return place;
}

/// The Message-Authenticator is computed over the request's authenticator, before the reply's own (RFC 3579 §3.2).
void sign(const ReplyParts& parts, size_t message_authenticator, MutableOctets reply) {
  if (message_authenticator != 0)
    sign_response_message_authenticator(reply, message_authenticator, parts.request.authenticator(), parts.secret);
  sign_response_authenticator(reply, parts.request.authenticator(), parts.secret);
}

}  // namespace

Result<EncodedReply, EncodeError> encode_reply(const ReplyParts& parts, SaltSource& salts, MutableOctets buffer) {
  Writer writer(buffer);
  bool is_signed = !parts.link.is_1_1();
  size_t message_authenticator = 0;
  if (is_signed) message_authenticator = put_header(parts, writer);
  else put_header_1_1(parts, writer);
  ReplyFilter filter(parts.code, parts.request, parts.link.is_tls());
  if (auto error = put_attributes(parts, salts, filter, writer)) return *error;
  if (parts.error_cause != 0 && !filter.has_error_cause()) {
    writer.put_uint8(attribute_type::error_cause);
    writer.put_uint8(Attribute::header_size + 4);
    writer.put_uint32(parts.error_cause);
  }
  writer.put(parts.own);
  // RFC 5176 §3.1, §3.3: State comes back unmodified, as does Proxy-State always.
  if (is_dynamic_authorization_reply(parts.code)) echo(parts.request, attribute_type::state, writer);
  echo(parts.request, attribute_type::proxy_state, writer);
  if (!writer.ok()) return EncodeError::NoRoom;

  MutableOctets reply = writer.written();
  put_uint16be(reply.subspan(2), static_cast<uint16_t>(reply.size()));
  if (is_signed) sign(parts, message_authenticator, reply);
  return EncodedReply{reply.size(), filter.left_out(),
                      filter.has_error_cause() ? filter.error_cause() : parts.error_cause};
}

}  // namespace radhost
