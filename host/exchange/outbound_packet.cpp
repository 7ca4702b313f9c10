// SPDX-License-Identifier: Apache-2.0
#include "exchange/outbound_packet.h"

#include <algorithm>

#include "packet/attribute_removal.h"
#include "packet/radius_version.h"

namespace radhost {
namespace {

constexpr Authenticator zero{};
constexpr uint8_t original_packet_code = 4;  // of extended_1

/// How values are hidden; nothing where they are not.
std::optional<HidingKey> key_of(const OutboundPacket& packet, const SharedSecret* secret) {
  return secret == nullptr ? std::nullopt : std::optional(packet.key(*secret));
}
const HidingKey* pointer_to(const std::optional<HidingKey>& key) { return key ? &*key : nullptr; }

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

Encoded put_list(const AttributeList& list, const HidingKey* key, SaltSource& salts, Writer& writer) {
  for (size_t i = 0; i < list.size();) {
    EncodeResult encoded = encode_attribute(list, i, key, salts, writer);
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

/// Takes out, in place, what is made anew for each hop (PRX-4); how many octets are left. `is_1_1`: and what RADIUS/1.1
/// must not have (RFC 9765 §5.2, §5.5).
size_t take_out(MutableOctets attributes, bool is_1_1) {
  size_t kept = 0;
  for (size_t at = 0; at < attributes.size();) {
    size_t size = attributes[at + 1];
    bool is_code = is_1_1 && attributes[at] == attribute_type::extended_1 && size > Attribute::header_size &&
                   attributes[at + Attribute::header_size] == original_packet_code;
    if (attributes[at] != attribute_type::message_authenticator && !is_code) {
      std::memmove(attributes.subspan(kept).data(), attributes.subspan(at).data(), size);
      kept += size;
    }
    at += size;
  }
  return kept;
}

/// Writes attributes for another version of RADIUS by what they mean (RFC 9765 §6.3).
Encoded translate(ReceivedAttributes& attributes, const HidingKey* key, SaltSource& salts, Writer& writer) {
  AttributeList copy;
  if (attributes.copy_to(copy)) return EncodeError::NoRoom;
  return put_list(copy, key, salts, writer);
}

/// What was received, as the next server is to have it.
Encoded copy_attributes(radius_request& request, const HidingKey* key, SaltSource& salts, Writer& writer) {
  bool is_clear = request.info.version == radius_1_1;
  if (is_clear != (key == nullptr)) return translate(request.received, key, salts, writer);
  bool fits = true;
  if (is_clear) writer.put(request.received.octets());
  else fits = request.received.forward_to(*key, writer);
  return fits && writer.ok() ? Encoded() : EncodeError::NoRoom;
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

void OutboundPacket::label(uint32_t token) {
  octets[1] = 0;
  copy_octets(written().subspan(Packet::authenticator_offset), zero);
  put_uint_be(written().subspan(Packet::authenticator_offset, sizeof token), token);
}

Encoded encode_own(Code code, const AttributeList& attributes, const NextHop& to, OutboundPacket& packet) {
  Writer writer(packet.octets);
  begin(code, writer, packet);
  // RFC 3579 §3.3 forbids it in an Accounting-Request.
  packet.is_protected = code != Code::AccountingRequest;
  if (packet.is_protected && to.secret != nullptr) begin_with_message_authenticator(writer, packet);
  auto key = key_of(packet, to.secret);
  if (Encoded error = put_list(attributes, pointer_to(key), to.salts, writer)) return error;
  return finish(writer, packet);
}

Encoded encode_forwarded(radius_request& request, const ForwardEdits& edits, const NextHop& to,
                         OutboundPacket& packet) {
  auto code = static_cast<Code>(request.info.code);
  std::array<uint8_t, Packet::maximum_size> room;
  Writer writer(packet.octets);
  begin(code, writer, packet);
  Writer copied(room);
  auto key = key_of(packet, to.secret);
  if (Encoded error = copy_attributes(request, pointer_to(key), to.salts, copied)) return error;
  MutableOctets attributes = copied.written();

  bool is_access = code == Code::AccessRequest;
  bool is_from_1_1 = request.info.version == radius_1_1;
  // RFC 9765 §5.2: in RADIUS/1.1 it says nothing.
  bool had_message_authenticator = !is_from_1_1 && has(attributes, attribute_type::message_authenticator);
  // RFC 9765 §5.2: every Access-Request of RADIUS/1.0 has one, wherever it comes from.
  packet.is_protected = is_access || (code != Code::AccountingRequest && had_message_authenticator);
  attributes = attributes.first(take_out(attributes, is_from_1_1 || to.secret == nullptr));
  attributes = attributes.first(AttributeRemoval(edits.remove).apply(attributes));

  if (packet.is_protected && to.secret != nullptr) begin_with_message_authenticator(writer, packet);
  if (attributes.size() > writer.room()) return EncodeError::NoRoom;
  writer.put(attributes);
  // RFC 2865 §2.3, RFC 9765 §5.1.2: the Request Authenticator changes, which is the challenge where no attribute is.
  bool needs_challenge =
      is_access && has(attributes, attribute_type::chap_password) && !has(attributes, attribute_type::chap_challenge);
  if (needs_challenge) put_attribute(attribute_type::chap_challenge, request.info.authenticator, writer);
  if (edits.add != nullptr)
    if (Encoded error = put_list(*edits.add, pointer_to(key), to.salts, writer)) return error;
  put_attribute(attribute_type::proxy_state, packet.own_proxy_state, writer);
  return finish(writer, packet);
}

void encode_status_server(bool is_1_1, OutboundPacket& packet) {
  Writer writer(packet.octets);
  begin(Code::StatusServer, writer, packet);
  packet.is_protected = true;
  if (!is_1_1) begin_with_message_authenticator(writer, packet);
  // RFC 5997 §3: it names who asks, as any request does.
  constexpr std::string_view name = "radhost";
  put_attribute(attribute_type::nas_identifier, octets_of(name), writer);
  static_cast<void>(finish(writer, packet));
}

Encoded readdress(OutboundPacket& packet, const SecretChange& change, const AttributeDefinition& root,
                  ReceivedAttributes& attributes) {
  if (change.from == nullptr && change.to == nullptr) return std::nullopt;  // a Token makes it another one
  OutboundPacket made;
  Writer writer(made.octets);
  begin(packet.code(), writer, made);
  auto from = key_of(packet, change.from), to = key_of(made, change.to);
  MutableOctets octets = packet.written().subspan(Packet::header_size);
  Encoded error;
  if (from && to) {
    attributes.begin(octets, root, &*from);
    if (!attributes.forward_to(*to, writer)) error = EncodeError::NoRoom;
    made.message_authenticator = packet.message_authenticator;
  } else {
    std::array<uint8_t, Packet::maximum_size> room;
    copy_octets(room, octets);
    MutableOctets kept = MutableOctets(room).first(octets.size());
    kept = kept.first(take_out(kept, true));
    if (to && packet.is_protected) begin_with_message_authenticator(writer, made);
    attributes.begin(kept, root, pointer_to(from));
    error = translate(attributes, pointer_to(to), change.salts, writer);
    wipe(kept);
  }
  attributes.end();
  if (!error) error = finish(writer, made);
  if (!error) {
    copy_octets(packet.octets, made.written());
    packet.size = made.size;
    packet.message_authenticator = made.message_authenticator;
  }
  wipe(made.octets);
  return error;
}

}  // namespace radhost
