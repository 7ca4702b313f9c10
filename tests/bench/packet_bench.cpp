// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "bench.h"
#include "dictionary/notation.h"
#include "exchange/reply.h"
#include "packet/authenticator.h"
#include "packet/received_attributes.h"
#include "worst_packets.h"

namespace radhost::bench {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr std::string_view typical_request_text = R"(
User-Name = "alice@example.org"
User-Password = "wonderland"
NAS-IP-Address = 192.0.2.1
NAS-Port = 17
NAS-Identifier = "ap-3-north"
NAS-Port-Type = Wireless-802.11
Service-Type = Framed-User
Called-Station-Id = "00-00-5E-00-53-01:example"
Calling-Station-Id = "00-00-5E-00-53-FF"
)";

constexpr std::string_view typical_accept_text = R"(
Service-Type = Framed-User
Framed-IP-Address = 198.51.100.7
Session-Timeout = 3600
Idle-Timeout = 600
Class = 0x0123456789abcdef
Tunnel-Type:1 = VLAN
Tunnel-Medium-Type:1 = IEEE-802
Tunnel-Private-Group-Id:1 = "100"
Reply-Message = "Hello, alice"
)";

AttributeList list_of(Dictionary& dictionary, std::string_view text) {
  AttributeList list;
  auto pairs = parse_pairs(text);
  if (!pairs) throw std::logic_error(pairs.error());
  for (const Pair& pair : *pairs)
    if (std::string error = add_pair(dictionary, pair, list); !error.empty()) throw std::logic_error(error);
  return list;
}

/// An Access-Request, Message-Authenticator first, and signed.
Bytes typical_request(const Common& common) {
  Bytes octets(Packet::maximum_size);
  Writer writer(octets);
  writer.put_uint8(static_cast<uint8_t>(Code::AccessRequest));
  writer.put_uint8(1);
  writer.put_uint16(0);
  const Authenticator authenticator{1, 2, 3, 4, 5, 6, 7, 8};
  writer.put(authenticator);
  writer.put_uint8(attribute_type::message_authenticator);
  writer.put_uint8(Attribute::header_size + Packet::message_authenticator_size);
  size_t message_authenticator = writer.size();
  writer.put(Authenticator{});
  AttributeList list = list_of(common.dictionary, typical_request_text);
  HidingKey key{common.secret, authenticator};
  SaltSource salts(1);
  for (size_t at = 0; at < list.size();) at = encode_attribute(list, at, &key, salts, writer).next;
  octets.resize(writer.size());
  put_uint16be(MutableOctets(octets).subspan(2), static_cast<uint16_t>(octets.size()));
  sign_request_message_authenticator(octets, message_authenticator, common.secret);
  return octets;
}

void read_tlvs(const AttributeView& outer) {
  AttributeView child;
  while (next_tlv(outer.definition, outer.value, child)) {
    benchmark::DoNotOptimize(child.value.data());
    if (child.definition != nullptr && child.definition->type == DataType::Tlv) read_tlvs(child);
  }
}

/// Decodes a packet and looks at each attribute, and at each TLV that the dictionary knows.
void walk(Octets octets, const Common& common, ReceivedAttributes& received) {
  auto packet = Packet::decode(octets);
  if (!packet) throw std::logic_error("a packet of the benchmark is discarded");
  HidingKey key{common.secret, packet->authenticator()};
  received.begin(packet->attribute_octets(), common.dictionary.root(), &key);
  AttributeView view;
  for (bool found = received.first(view); found; found = received.next(view)) {
    benchmark::DoNotOptimize(view.value.data());
    if (view.definition != nullptr && view.definition->type == DataType::Tlv) read_tlvs(view);
  }
  received.end();
}

void register_request(const Common& common, const Bytes& request) {
  add("decode and verify an Access-Request", request.size(), [common, request] {
    auto packet = Packet::decode(request);
    if (!packet || !verify_request_message_authenticator(*packet, common.secret))
      throw std::logic_error("the request is wrong");
  });
  auto received = std::make_shared<ReceivedAttributes>();
  add("decode an Access-Request and look at all of it", request.size(),
      [common, request, received] { walk(request, common, *received); });
}

void register_accept(const Common& common, const Bytes& request) {
  auto list = std::make_shared<AttributeList>(list_of(common.dictionary, typical_accept_text));
  auto run = [common, request, list, salts = SaltSource(1), reply = Bytes(Packet::maximum_size)]() mutable {
    auto packet = Packet::decode(request);
    ReplyParts parts{Code::AccessAccept, *packet, *list, 0, {}, common.secret, {}};
    auto encoded = encode_reply(parts, salts, reply);
    if (!encoded.ok()) throw std::logic_error("the reply cannot be encoded");
    return encoded->size;
  };
  size_t size = run();
  register_yardsticks(size);
  add("encode and sign an Access-Accept", size, run);
}

}  // namespace

void register_packets(const Common& common) {
  const Bytes request = typical_request(common);
  register_yardsticks(request.size());
  register_request(common, request);
  register_accept(common, request);

  register_yardsticks(Packet::maximum_size);
  auto received = std::make_shared<ReceivedAttributes>();
  const std::vector<WorstPacket> all = worst_packets(common.dictionary);
  add("only decode " + all[0].name, all[0].octets.size(),
      [octets = all[0].octets] { benchmark::DoNotOptimize(Packet::decode(octets)); });
  for (const WorstPacket& worst : all)
    add("walk through " + worst.name, worst.octets.size(),
        [common, received, octets = worst.octets] { walk(octets, common, *received); });
}

}  // namespace radhost::bench
