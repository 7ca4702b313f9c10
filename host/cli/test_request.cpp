// SPDX-License-Identifier: Apache-2.0
#include "cli/test_request.h"

#include <algorithm>

#include "cli/module_config.h"
#include "cli/packet_text.h"
#include "exchange/refusal.h"
#include "packet/packet.h"

namespace radhost {
namespace {

Pair pair(std::string name, std::string value) { return {std::move(name), AttributeView::no_tag, std::move(value)}; }

bool has(const std::vector<Pair>& pairs, std::string_view name) {
  return std::any_of(pairs.begin(), pairs.end(), [&](const Pair& at) { return NameEqual{}(at.name, name); });
}

/// Adds what RFC 2865 §4.1 and RFC 2866 §4.1, §5.13 demand, and what no client should do without.
void complete(Code code, bool has_credentials, std::vector<Pair>& pairs) {
  auto add = [&](std::string name, std::string value) {
    if (!has(pairs, name)) pairs.push_back(pair(std::move(name), std::move(value)));
  };
  // A State goes on with what began with credentials; a Service-Type may be one that needs none.
  bool needs_credentials = code == Code::AccessRequest && !has(pairs, "State") && !has(pairs, "Service-Type");
  if (needs_credentials && !has_credentials) add("User-Password", "password");
  bool is_accounting = code == Code::AccountingRequest;
  bool names_nas = has(pairs, "NAS-IP-Address") || has(pairs, "NAS-IPv6-Address");
  if ((code == Code::AccessRequest || is_accounting) && !names_nas) add("NAS-Identifier", "radhost");
  if (is_accounting) {
    add("Acct-Status-Type", "Start");
    add("Acct-Session-Id", "1");
  } else if (!has(pairs, "Message-Authenticator")) {
    pairs.insert(pairs.begin(), pair("Message-Authenticator", "0x00"));
  }
}

}  // namespace

Result<std::vector<uint8_t>, std::string> make_test_request(Dictionary& dictionary, Code code, const std::string& text,
                                                            const std::vector<Pair>& more) {
  auto pairs = parse_pairs(text);
  if (!pairs.ok()) return pairs.error();
  for (const Pair& added : more)
    if (!has(*pairs, added.name)) pairs->push_back(added);
  SharedSecret secret(octets_of(module_secret));
  auto encode = [&] {
    std::vector<Pair> all{pair("Packet-Type", std::string(code_name(code))), pair("Packet-Id", "0")};
    all.insert(all.end(), pairs->begin(), pairs->end());
    return encode_packet(dictionary, all, {&secret, {}});
  };
  auto bare = encode();
  if (!bare.ok()) return bare.error();
  auto packet = Packet::decode(*bare);
  if (!packet.ok()) return std::string("it makes no packet: ") + std::string(to_word(packet.error()));
  complete(code, has_credentials(*packet), *pairs);
  return encode();
}

std::vector<Pair> state_of_answer(Octets answer) {
  auto packet = Packet::decode(answer);
  if (!packet.ok() || packet->code() != Code::AccessChallenge) return {};
  std::vector<Pair> states;
  for (Attribute attribute : packet->attributes())
    if (attribute.type == attribute_type::state) states.push_back(pair("State", "0x" + to_hex(attribute.value)));
  return states;
}

}  // namespace radhost
