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
  std::optional<HidingKey> key;
  if (parts.secret != nullptr) key.emplace(HidingKey{*parts.secret, parts.request.authenticator()});
  for (size_t i = 0; i < parts.attributes.size();) {
    EncodeResult encoded = encode_attribute(parts.attributes, i, key ? &*key : nullptr, salts, writer, &filter);
    if (encoded.error) return encoded.error;
    i = encoded.next;
  }
  return std::nullopt;
}

}  // namespace

Result<EncodedReply, EncodeError> encode_reply(const ReplyParts& parts, SaltSource& salts, MutableOctets buffer) {
  Writer writer(buffer);
  bool is_signed = parts.secret != nullptr;
  writer.put_uint8(static_cast<uint8_t>(parts.code));
  // RFC 9765 §4.1: what is reserved is zero, and the Token comes back.
  constexpr std::array<uint8_t, Packet::authenticator_size - token_size> reserved{};
  writer.put_uint8(is_signed ? parts.request.identifier() : uint8_t{0});
  writer.put_uint16(0);
  writer.put(is_signed ? parts.request.authenticator() : parts.request.authenticator().first(token_size));
  if (!is_signed) writer.put(reserved);

  size_t message_authenticator = 0;
  if (is_signed && wants_message_authenticator(parts.code, parts.request)) {
    constexpr std::array<uint8_t, Packet::message_authenticator_size> unsigned_yet{};
    writer.put_uint8(attribute_type::message_authenticator);
    writer.put_uint8(Attribute::header_size + Packet::message_authenticator_size);
    message_authenticator = writer.size();
    writer.put(unsigned_yet);
  }
  ReplyFilter filter(parts.code, parts.request, parts.is_vouched_for);
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
  // The Message-Authenticator is computed over the request's authenticator, before the reply's own (RFC 3579 §3.2).
  if (message_authenticator != 0)
    sign_response_message_authenticator(reply, message_authenticator, parts.request.authenticator(), *parts.secret);
  if (is_signed) sign_response_authenticator(reply, parts.request.authenticator(), *parts.secret);
  return EncodedReply{reply.size(), filter.left_out(),
                      filter.has_error_cause() ? filter.error_cause() : parts.error_cause};
}

}  // namespace radhost
