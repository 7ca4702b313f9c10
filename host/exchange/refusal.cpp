// SPDX-License-Identifier: Apache-2.0
#include "exchange/refusal.h"

#include <algorithm>

#include "base/reader.h"
#include "exchange/answer.h"
#include "exchange/request.h"

namespace radhost {
namespace {

using namespace attribute_type;

constexpr size_t user_password_max = 128;

// Values of Service-Type (RFC 2865 §5.6, RFC 5176 §3.2).
constexpr uint32_t call_check = 10;
constexpr uint32_t authorize_only = 17;

/// RFC 5176 §3.6, and the attributes of later RFCs that say which session is meant. Conformance D-14.
constexpr uint8_t disconnect_may_carry[] = {user_name,
                                            nas_ip_address,
                                            nas_port,
                                            framed_ip_address,
                                            reply_message,
                                            class_attribute,
                                            vendor_specific,
                                            called_station_id,
                                            calling_station_id,
                                            nas_identifier,
                                            proxy_state,
                                            acct_session_id,
                                            acct_multi_session_id,
                                            event_timestamp,
                                            nas_port_type,
                                            eap_message,
                                            message_authenticator,
                                            nas_port_id,
                                            chargeable_user_identity,
                                            nas_ipv6_address,
                                            framed_interface_id,
                                            framed_ipv6_prefix,
                                            operator_name,
                                            framed_ipv6_address,
                                            delegated_ipv6_prefix,
                                            originating_line_info,
                                            extended_1,
                                            extended_1 + 1,
                                            extended_1 + 2,
                                            extended_4,
                                            long_extended_1,
                                            long_extended_2};

/// What may stand beside Service-Type "Authorize Only": what names NAS and session, and the machinery's own.
bool is_identification(uint8_t type) {
  return type == service_type || type == state ||
         std::find(std::begin(disconnect_may_carry), std::end(disconnect_may_carry), type) !=
             std::end(disconnect_may_carry);
}

/// 0, which is no Service-Type, where there is none.
uint32_t service_type_of(const Packet& request) {
  if (!request.has(service_type)) return 0;
  for (Attribute attribute : request.attributes())
    if (attribute.type == service_type) return attribute.value.size() == 4 ? get_uint32be(attribute.value) : 0;
  return 0;
}

/// MS-CHAP's responses are vendor's attributes, perhaps several in one Vendor-Specific, so they are looked for there.
bool has_ms_chap(const Packet& request) {
  constexpr uint32_t microsoft = 311;
  constexpr uint8_t ms_chap_response = 1;
  constexpr uint8_t ms_chap2_response = 25;
  if (!request.has(vendor_specific)) return false;
  for (Attribute attribute : request.attributes()) {
    if (attribute.type != vendor_specific || attribute.value.size() < 4) continue;
    Octets content = attribute.value.subspan(4);
    // RFC 2548 §2: type and length of one octet each, as in an attribute.
    if (get_uint32be(attribute.value) != microsoft || !attributes_fill(content)) continue;
    for (Attribute part : AttributeRange(content))
      if (part.type == ms_chap_response || part.type == ms_chap2_response) return true;
  }
  return false;
}

/// RFC 5176 §3 gives no key for what is hidden with a Salt: the authenticator is no random number there. D-24.
bool holds_salted(ReceivedAttributes& attributes) {
  AttributeView view;
  for (bool there = attributes.first(view); there; there = attributes.next(view)) {
    const AttributeDefinition* hidden = hidden_part(view);
    if (hidden != nullptr && hidden->hiding == Hiding::TunnelPassword) return true;
  }
  return false;
}

std::optional<Refusal> refuse_access(const Packet& request, const Client& client, const Link& link) {
  // RFC 9765 §5.1.1, §5.1.2: no padding limits a password there, and no authenticator stands in for a challenge.
  bool is_too_long = link.is_1_1() && request.value_of(user_password).size() > user_password_max;
  bool is_unchallenged = link.is_1_1() && request.has(chap_password) && !request.has(chap_challenge);
  if (is_too_long || is_unchallenged) return Refusal{Code::AccessReject};
  if (client.require_nas_identity && !names_nas(request)) return Refusal{Code::AccessReject};
  // RFC 5080 §2.1.1: an authorization check belongs to a session, which its State names. A Call Check comes before one.
  bool is_check = is_authorize_only(request) || (!has_credentials(request) && service_type_of(request) != call_check);
  if (is_check && !request.has(state)) return Refusal{Code::AccessReject};
  return std::nullopt;
}

std::optional<Refusal> refuse_coa(const Packet& request, ReceivedAttributes& attributes, const Link& link) {
  if (is_authorize_only(request)) {
    if (!request.has(state)) return Refusal{Code::CoaNak, error_cause::missing_attribute};
    for (Attribute attribute : request.attributes())
      if (!is_identification(attribute.type)) return Refusal{Code::CoaNak, error_cause::unsupported_attribute};
  }
  if (!link.is_1_1() && holds_salted(attributes)) return Refusal{Code::CoaNak, error_cause::unsupported_attribute};
  return std::nullopt;
}

std::optional<Refusal> refuse_disconnect(const Packet& request, ReceivedAttributes& attributes, const Link& link) {
  for (Attribute attribute : request.attributes()) {
    bool is_other = attribute.type == service_type || attribute.type == state || !is_identification(attribute.type);
    if (is_other) return Refusal{Code::DisconnectNak, error_cause::unsupported_attribute};
  }
  if (!link.is_1_1() && holds_salted(attributes)) return Refusal{Code::DisconnectNak, error_cause::unsupported_attribute};
  return std::nullopt;
}

}  // namespace

bool is_authorize_only(const Packet& request) { return service_type_of(request) == authorize_only; }

bool names_nas(const Packet& request) {
  if (request.has(nas_identifier)) return true;
  if (!request.has(nas_ip_address) && !request.has(nas_ipv6_address)) return false;
  for (Attribute attribute : request.attributes()) {
    if (attribute.type == nas_ip_address && attribute.value.size() == 4) return true;
    if (attribute.type != nas_ipv6_address || attribute.value.size() != 16) continue;
    bool is_link_local = attribute.value[0] == 0xfe && (attribute.value[1] & 0xc0) == 0x80;
    if (!is_link_local) return true;
  }
  return false;
}

bool has_credentials(const Packet& request) {
  return request.has(user_password) || request.has(chap_password) || request.has(arap_password) ||
         request.has(eap_message) || request.has(digest_response) || has_ms_chap(request);
}

std::optional<Refusal> refusal_of(Request& request) {
  const Packet& packet = *request.packet;
  switch (packet.code()) {
    case Code::AccessRequest: return refuse_access(packet, *request.client, request.link);
    case Code::CoaRequest: return refuse_coa(packet, request.received, request.link);
    case Code::DisconnectRequest: return refuse_disconnect(packet, request.received, request.link);
    default: return std::nullopt;
  }
}

}  // namespace radhost
