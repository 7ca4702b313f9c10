// SPDX-License-Identifier: Apache-2.0
#include "exchange/outbound_packet.h"

#include <algorithm>

#include "packet/attribute_removal.h"

namespace radhost {
namespace {

constexpr Authenticator zero{};

/// Code, a place for Identifier and Length, an authenticator that nobody can foretell (RFC 2865 §3), or a place for one
/// that is a digest.
void begin(Code code, Writer& writer, OutboundPacket& packet) {
  Authenticator authenticator{};
  if (!request_authenticator_is_digest(code)) fill_random(authenticator);
  writer.put_uint8(static_cast<uint8_t>(code));
  writer.put_uint8(0);
  writer.put_uint16(0);
  writer.put(authenticator);
  packet.message_authenticator = 0;
}

/// A place for it, first of all attributes (CVE-2024-3596).
void begin_with_message_authenticator(Writer& writer, OutboundPacket& packet) {
  writer.put_uint8(attribute_type::message_authenticator);
  writer.put_uint8(Attribute::header_size + Packet::message_authenticator_size);
  packet.message_authenticator = writer.size();
  writer.put(zero);
}

Encoded finish(Writer& writer, OutboundPacket& packet) {
  if (!writer.ok()) return EncodeError::NoRoom;
  packet.size = writer.size();
  put_uint16be(packet.written().subspan(2), static_cast<uint16_t>(packet.size));
  return std::nullopt;
}

Encoded put_list(const AttributeList& list, const HidingKey& key, SaltSource& salts, Writer& writer) {
  for (size_t i = 0; i < list.size();) {
    EncodeResult encoded = encode_attribute(list, i, &key, salts, writer);
    if (encoded.error) return encoded.error;
    i = encoded.next;
  }
  return std::nullopt;
}

void put_attribute(uint8_t type, Octets value, Writer& writer) {
  writer.put_uint8(type);
  writer.put_uint8(static_cast<uint8_t>(Attribute::header_size + value.size()));
  writer.put(value);
}

bool has(Octets attributes, uint8_t type) {
  for (Attribute attribute : AttributeRange(attributes))
    if (attribute.type == type) return true;
  return false;
}

/// Takes the attributes of a type out, in place; how many octets are left.
size_t take_out(MutableOctets attributes, uint8_t type) {
  size_t kept = 0;
  for (size_t at = 0; at < attributes.size();) {
    size_t size = attributes[at + 1];
    if (attributes[at] != type) {
      std::memmove(attributes.subspan(kept).data(), attributes.subspan(at).data(), size);
      kept += size;
    }
    at += size;
  }
  return kept;
}

/// What came over RADIUS/1.1 lies in the clear there, and is made anew for one who wants it hidden (RFC 9765 §6.3).
Encoded copy_attributes(radius_request& request, const HidingKey& key, SaltSource& salts, Writer& writer) {
  constexpr uint8_t version_1_1 = 11;
  if (request.info.version != version_1_1) {
    if (!request.received.forward_to(key, writer)) return EncodeError::NoRoom;
    return std::nullopt;
  }
  AttributeList copy;
  if (request.received.copy_to(copy)) return EncodeError::NoRoom;
  return put_list(copy, key, salts, writer);
}

}  // namespace

HidingKey OutboundPacket::key(const SharedSecret& secret) const {
  return {secret, request_authenticator_is_digest(code()) ? Octets(zero) : authenticator()};
}

void OutboundPacket::sign(uint8_t identifier, const SharedSecret& secret) {
  octets[1] = identifier;
  if (message_authenticator != 0) {
    copy_octets(written().subspan(message_authenticator), zero);
    sign_request_message_authenticator(written(), message_authenticator, secret);
  }
  if (request_authenticator_is_digest(code())) sign_request_authenticator(written(), secret);
}

Encoded encode_own(Code code, const AttributeList& attributes, const NextHop& to, OutboundPacket& packet) {
  Writer writer(packet.octets);
  begin(code, writer, packet);
  // RFC 3579 §3.3 forbids it in an Accounting-Request.
  if (code != Code::AccountingRequest) begin_with_message_authenticator(writer, packet);
  if (Encoded error = put_list(attributes, packet.key(to.secret), to.salts, writer)) return error;
  return finish(writer, packet);
}

Encoded encode_forwarded(radius_request& request, const ForwardEdits& edits, const NextHop& to,
                         OutboundPacket& packet) {
  auto code = static_cast<Code>(request.info.code);
  std::array<uint8_t, Packet::maximum_size> room;
  Writer writer(packet.octets);
  begin(code, writer, packet);
  Writer copied(room);
  if (Encoded error = copy_attributes(request, packet.key(to.secret), to.salts, copied)) return error;
  MutableOctets attributes = copied.written();

  bool is_access = code == Code::AccessRequest;
  bool had_message_authenticator = has(attributes, attribute_type::message_authenticator);
  bool is_protected = is_access || (code != Code::AccountingRequest && had_message_authenticator);
  // PRX-4: made anew for this hop, never copied.
  attributes = attributes.first(take_out(attributes, attribute_type::message_authenticator));
  attributes = attributes.first(AttributeRemoval(edits.remove).apply(attributes));

  if (is_protected) begin_with_message_authenticator(writer, packet);
  if (attributes.size() > writer.room()) return EncodeError::NoRoom;
  writer.put(attributes);
  // RFC 2865 §2.3: the Request Authenticator changes, which is the challenge where no attribute is.
  bool needs_challenge =
      is_access && has(attributes, attribute_type::chap_password) && !has(attributes, attribute_type::chap_challenge);
  if (needs_challenge) put_attribute(attribute_type::chap_challenge, request.info.authenticator, writer);
  if (edits.add != nullptr)
    if (Encoded error = put_list(*edits.add, packet.key(to.secret), to.salts, writer)) return error;
  put_attribute(attribute_type::proxy_state, packet.own_proxy_state, writer);
  return finish(writer, packet);
}

void encode_status_server(OutboundPacket& packet) {
  Writer writer(packet.octets);
  begin(Code::StatusServer, writer, packet);
  begin_with_message_authenticator(writer, packet);
  // RFC 5997 §3: it names who asks, as any request does.
  constexpr std::string_view name = "radhost";
  put_attribute(attribute_type::nas_identifier, octets_of(name), writer);
  static_cast<void>(finish(writer, packet));
}

Encoded readdress(OutboundPacket& packet, const SecretChange& change, const AttributeDefinition& root,
                  ReceivedAttributes& attributes) {
  OutboundPacket made;
  Writer writer(made.octets);
  begin(packet.code(), writer, made);
  HidingKey key = packet.key(change.from);
  attributes.begin(packet.written().subspan(Packet::header_size), root, &key);
  bool fits = attributes.forward_to(made.key(change.to), writer);
  attributes.end();
  made.message_authenticator = packet.message_authenticator;
  if (!fits) return EncodeError::NoRoom;
  Encoded error = finish(writer, made);
  if (error) return error;
  copy_octets(packet.octets, made.written());
  return std::nullopt;
}

}  // namespace radhost
