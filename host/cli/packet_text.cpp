// SPDX-License-Identifier: Apache-2.0
#include "cli/packet_text.h"

#include <charconv>

#include "packet/encode.h"
#include "packet/received_attributes.h"

namespace radhost {
namespace {

using Texts = Result<std::vector<std::string>, std::string>;
using Encoded = Result<std::vector<uint8_t>, std::string>;
using Token = std::array<uint8_t, PacketTextKey::token_size>;

/// The authenticator that hides values and goes into digests: an answer's are its request's.
Octets hiding_authenticator(Octets own, const PacketTextKey& key) {
  return key.request_authenticator ? Octets(*key.request_authenticator) : own;
}

std::vector<std::string> print_list(const Dictionary& dictionary, Octets attributes, const PacketTextKey& key,
                                    Octets authenticator) {
  std::optional<HidingKey> hiding;
  if (!key.is_1_1 && key.secret != nullptr && authenticator.size() == Packet::authenticator_size)
    hiding.emplace(HidingKey{*key.secret, authenticator});
  bool is_clear = key.is_1_1 || hiding;
  ReceivedAttributes received;
  received.begin(attributes, dictionary.root(), hiding ? &*hiding : nullptr);
  std::vector<std::string> pairs;
  AttributeView view;
  for (bool more = received.first(view); more; more = received.next(view)) {
    // RFC 9765 §5.2: ignored, as an invalid attribute is.
    if (key.is_1_1 && view.top == attribute_type::message_authenticator) view.invalid = true;
    print_pairs(dictionary, received, view, is_clear, pairs);
  }
  received.end();
  return pairs;
}

std::string explain(EncodeError error) {
  switch (error) {
    case EncodeError::NoRoom: return "the packet would be longer than 4096 octets";
    case EncodeError::TooLong: return "a value is longer than its attribute can hold";
    case EncodeError::Internal: return "an internal attribute cannot be sent";
  }
  return {};
}

/// The header's pairs, taken off the front of the list.
struct Header {
  std::optional<Code> code;
  uint8_t identifier = 0;
  std::optional<Authenticator> authenticator;
  Token token{};
};

/// Octets that the text names in hexadecimal, as many as `octets` has. False for anything else.
bool read_octets(std::string_view text, MutableOctets octets) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  auto read = from_hex(text);
  if (!read || read->size() != octets.size()) return false;
  copy_octets(octets, *read);
  return true;
}

std::string take_header(const std::vector<Pair>& pairs, bool is_1_1, Header& header, std::vector<Pair>& attributes) {
  for (const Pair& pair : pairs) {
    bool is_of_1_0 = pair.name == "Packet-Id" || pair.name == "Packet-Authenticator";
    if (is_1_1 && is_of_1_0) return "RADIUS/1.1 has no " + pair.name + ", but Packet-Token";
    if (pair.name == "Packet-Type") {
      header.code = code_by_name(pair.value);
      if (!header.code) return "\"" + pair.value + "\" is not a packet type";
    } else if (pair.name == "Packet-Id") {
      auto [end, error] = std::from_chars(pair.value.data(), pair.value.data() + pair.value.size(), header.identifier);
      if (error != std::errc{} || *end != 0) return "Packet-Id is a number from 0 to 255";
    } else if (pair.name == "Packet-Authenticator") {
      header.authenticator.emplace();
      if (!read_octets(pair.value, *header.authenticator)) return "Packet-Authenticator is 16 octets in hexadecimal";
    } else if (pair.name == "Packet-Token") {
      if (!is_1_1) return "only RADIUS/1.1 has a Packet-Token: --radius 1.1";
      if (!read_octets(pair.value, header.token)) return "Packet-Token is 4 octets in hexadecimal";
    } else {
      attributes.push_back(pair);
    }
  }
  return header.code ? std::string() : "Packet-Type is missing; --attributes encodes a list without a header";
}

bool is_reply(Code code) {
  switch (code) {
    case Code::AccessRequest:
    case Code::AccountingRequest:
    case Code::StatusServer:
    case Code::DisconnectRequest:
    case Code::CoaRequest: return false;
    default: return true;
  }
}

/// Computes what a packet carries about itself.
std::string sign(MutableOctets packet, const Header& header, const PacketTextKey& key) {
  auto decoded = Packet::decode(packet);
  if (!decoded.ok()) return "what was encoded is no packet";
  size_t message_authenticator = decoded->message_authenticator_offset();
  bool reply = is_reply(*header.code);
  bool needs_digest = reply || request_authenticator_is_digest(*header.code);
  if (key.secret == nullptr) {
    bool complete = header.authenticator && message_authenticator == 0;
    return complete || (!needs_digest && message_authenticator == 0) ? std::string() : "the secret is needed: --secret";
  }
  if (reply && !key.request_authenticator)
    return "an answer needs its request's authenticator: --request-authenticator";
  if (reply) {
    if (message_authenticator != 0)
      sign_response_message_authenticator(packet, message_authenticator, *key.request_authenticator, *key.secret);
    sign_response_authenticator(packet, *key.request_authenticator, *key.secret);
    return {};
  }
  if (message_authenticator != 0) sign_request_message_authenticator(packet, message_authenticator, *key.secret);
  if (needs_digest) sign_request_authenticator(packet, *key.secret);
  return {};
}

/// Adds pairs to a list, for RADIUS/1.1.
std::string add_clear_pairs(Dictionary& dictionary, const std::vector<Pair>& pairs, AttributeList& list) {
  // RFC 9765 §5.2: it is never sent.
  for (const Pair& pair : pairs)
    if (NameEqual{}(pair.name, "Message-Authenticator")) return "RADIUS/1.1 has no Message-Authenticator";
  // What would be too long to be hidden is too long here (RFC 9765 §5.1.1).
  return add_pairs(dictionary, pairs, list);
}

/// Adds pairs to a list; a Message-Authenticator is there as sixteen zeros.
std::string add_unsigned_pairs(Dictionary& dictionary, std::vector<Pair> pairs, AttributeList& list) {
  for (Pair& pair : pairs)
    if (NameEqual{}(pair.name, "Message-Authenticator")) pair.value = "0x" + std::string(32, '0');
  return add_pairs(dictionary, pairs, list);
}

/// The first one that the list holds and that needs a secret to be hidden; empty when there is none.
std::string_view first_hidden(const AttributeList& list) {
  for (size_t i = 0; i < list.size(); ++i)
    if (const AttributeDefinition* hidden = hidden_part(list.at(i))) return hidden->name;
  return {};
}

/// Cuts the packet off behind what was written, and sets its Length.
void finish_packet(std::vector<uint8_t>& octets, const Writer& writer) {
  octets.resize(writer.size());
  put_uint16be(MutableOctets(octets).subspan(2), static_cast<uint16_t>(octets.size()));
}

Encoded encode_1_0(Dictionary& dictionary, const Header& header, const std::vector<Pair>& attributes,
                   const PacketTextKey& key) {
  AttributeList list;
  if (std::string reason = add_unsigned_pairs(dictionary, attributes, list); !reason.empty()) return reason;

  Authenticator authenticator{};
  if (header.authenticator) authenticator = *header.authenticator;
  else if (*header.code == Code::AccessRequest || *header.code == Code::StatusServer) fill_random(authenticator);
  std::optional<HidingKey> hiding;
  if (key.secret != nullptr) hiding.emplace(HidingKey{*key.secret, hiding_authenticator(authenticator, key)});
  if (std::string_view name = first_hidden(list); !hiding && !name.empty())
    return std::string(name) + " is hidden: give --secret";

  std::vector<uint8_t> octets(Packet::maximum_size);
  Writer writer(octets);
  writer.put_uint8(static_cast<uint8_t>(*header.code));
  writer.put_uint8(header.identifier);
  writer.put_uint16(0);
  writer.put(authenticator);
  if (std::string reason = put_list(list, hiding ? &*hiding : nullptr, writer); !reason.empty()) return reason;
  finish_packet(octets, writer);
  if (std::string reason = sign(octets, header, key); !reason.empty()) return reason;
  return octets;
}

/// RFC 9765 §4.1:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     Code      |  Reserved-1   |            Length             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                             Token                             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                    Reserved-2 (12 octets)                     |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
Encoded encode_1_1(Dictionary& dictionary, const Header& header, const std::vector<Pair>& attributes) {
  AttributeList list;
  if (std::string reason = add_clear_pairs(dictionary, attributes, list); !reason.empty()) return reason;
  std::vector<uint8_t> octets(Packet::maximum_size);
  Writer writer(octets);
  writer.put_uint8(static_cast<uint8_t>(*header.code));
  writer.put_uint8(0);
  writer.put_uint16(0);
  writer.put(header.token);
  writer.put(std::array<uint8_t, Packet::header_size - PacketTextKey::token_offset - sizeof(Token)>{});
  if (std::string reason = put_list(list, nullptr, writer); !reason.empty()) return reason;
  finish_packet(octets, writer);
  return octets;
}

}  // namespace

std::string put_list(const AttributeList& list, const HidingKey* key, Writer& writer) {
  uint16_t first_salt = 0;
  std::array<uint8_t, 2> random;
  fill_random(random);
  first_salt = static_cast<uint16_t>(random[0] << 8 | random[1]);
  SaltSource salts(first_salt);
  for (size_t i = 0; i < list.size();) {
    EncodeResult encoded = encode_attribute(list, i, key, salts, writer);
    if (encoded.error) return std::string(list.at(i).definition->name) + ": " + explain(*encoded.error);
    i = encoded.next;
  }
  return writer.ok() ? std::string() : explain(EncodeError::NoRoom);
}

Texts print_attributes(const Dictionary& dictionary, Octets octets, const PacketTextKey& key) {
  if (!attributes_fill(octets)) return std::string("these octets are no list of attributes");
  return print_list(dictionary, octets, key, hiding_authenticator({}, key));
}

Texts print_packet(const Dictionary& dictionary, Octets octets, const PacketTextKey& key) {
  auto packet = Packet::decode(octets);
  if (!packet.ok()) return "this is no packet: " + std::string(to_word(packet.error()));
  std::vector<std::string> pairs{"Packet-Type = " + std::string(code_name(packet->code()))};
  if (key.is_1_1) {
    pairs.push_back("Packet-Token = 0x" + to_hex(octets.subspan(PacketTextKey::token_offset, sizeof(Token))));
  } else {
    pairs.push_back("Packet-Id = " + std::to_string(packet->identifier()));
    pairs.push_back("Packet-Authenticator = 0x" + to_hex(packet->authenticator()));
  }
  Octets authenticator = hiding_authenticator(radhost::hiding_authenticator(*packet), key);
  for (std::string& pair : print_list(dictionary, packet->attribute_octets(), key, authenticator))
    pairs.push_back(std::move(pair));
  return pairs;
}

Encoded encode_attributes(Dictionary& dictionary, const std::vector<Pair>& pairs, const PacketTextKey& key) {
  AttributeList list;
  std::string reason =
      key.is_1_1 ? add_clear_pairs(dictionary, pairs, list) : add_unsigned_pairs(dictionary, pairs, list);
  if (!reason.empty()) return reason;
  std::optional<HidingKey> hiding;
  if (!key.is_1_1 && key.secret != nullptr && key.request_authenticator)
    hiding.emplace(HidingKey{*key.secret, *key.request_authenticator});
  if (std::string_view name = first_hidden(list); !key.is_1_1 && !hiding && !name.empty())
    return std::string(name) + " is hidden: give --secret and --authenticator";
  std::vector<uint8_t> octets(Packet::maximum_size);
  Writer writer(octets);
  if (reason = put_list(list, hiding ? &*hiding : nullptr, writer); !reason.empty()) return reason;
  octets.resize(writer.size());
  return octets;
}

Encoded encode_packet(Dictionary& dictionary, const std::vector<Pair>& pairs, const PacketTextKey& key) {
  Header header;
  std::vector<Pair> attributes;
  if (std::string reason = take_header(pairs, key.is_1_1, header, attributes); !reason.empty()) return reason;
  return key.is_1_1 ? encode_1_1(dictionary, header, attributes) : encode_1_0(dictionary, header, attributes, key);
}

}  // namespace radhost
