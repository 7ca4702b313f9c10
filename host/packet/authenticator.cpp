// SPDX-License-Identifier: Apache-2.0
#include "packet/authenticator.h"

#include <cstring>

namespace radhost {
namespace {

constexpr Authenticator zero{};

Digest16 authenticator_digest(Octets packet, Octets authenticator, const SharedSecret& secret) {
  return md5({packet.first(Packet::authenticator_offset), authenticator, packet.subspan(Packet::header_size),
              secret.octets()});
}

Digest16 message_digest(Octets packet, Octets authenticator, size_t message_authenticator, const SharedSecret& secret) {
  return hmac_md5(secret.hmac_key(),
                  {packet.first(Packet::authenticator_offset), authenticator,
                   packet.subspan(Packet::header_size, message_authenticator - Packet::header_size), zero,
                   packet.subspan(message_authenticator + Packet::message_authenticator_size)});
}

void put(MutableOctets packet, size_t offset, const Digest16& digest) {
  std::memcpy(packet.subspan(offset).data(), digest.data(), digest.size());
}

/// What stands in the header while a request's Message-Authenticator is computed.
Octets request_header_authenticator(Code code, Octets authenticator) {
  return request_authenticator_is_digest(code) ? Octets(zero) : authenticator;
}

bool verify_message_authenticator(const Packet& packet, Octets authenticator, const SharedSecret& secret) {
  if (!packet.has_wellformed_message_authenticator()) return false;
  size_t offset = packet.message_authenticator_offset();
  return equal_in_constant_time(message_digest(packet.octets(), authenticator, offset, secret),
                                packet.octets().subspan(offset, Packet::message_authenticator_size));
}

}  // namespace

bool request_authenticator_is_digest(Code code) {
  return code == Code::AccountingRequest || code == Code::CoaRequest || code == Code::DisconnectRequest;
}

Octets hiding_authenticator(const Packet& request) {
  return request_header_authenticator(request.code(), request.authenticator());
}

bool verify_request_authenticator(const Packet& request, const SharedSecret& secret) {
  return equal_in_constant_time(authenticator_digest(request.octets(), zero, secret), request.authenticator());
}

void sign_request_authenticator(MutableOctets request, const SharedSecret& secret) {
  put(request, Packet::authenticator_offset, authenticator_digest(request, zero, secret));
}

bool verify_response_authenticator(const Packet& response, Octets request_authenticator, const SharedSecret& secret) {
  return equal_in_constant_time(authenticator_digest(response.octets(), request_authenticator, secret),
                                response.authenticator());
}

void sign_response_authenticator(MutableOctets response, Octets request_authenticator, const SharedSecret& secret) {
  put(response, Packet::authenticator_offset, authenticator_digest(response, request_authenticator, secret));
}

bool verify_request_message_authenticator(const Packet& request, const SharedSecret& secret) {
  return verify_message_authenticator(request, request_header_authenticator(request.code(), request.authenticator()),
                                      secret);
}

void sign_request_message_authenticator(MutableOctets request, size_t message_authenticator,
                                        const SharedSecret& secret) {
  Octets authenticator = request_header_authenticator(
      static_cast<Code>(request[0]), request.subspan(Packet::authenticator_offset, Packet::authenticator_size));
  put(request, message_authenticator, message_digest(request, authenticator, message_authenticator, secret));
}

bool verify_response_message_authenticator(const Packet& response, Octets request_authenticator,
                                           const SharedSecret& secret) {
  return verify_message_authenticator(response, request_authenticator, secret);
}

void sign_response_message_authenticator(MutableOctets response, size_t message_authenticator,
                                         Octets request_authenticator, const SharedSecret& secret) {
  put(response, message_authenticator, message_digest(response, request_authenticator, message_authenticator, secret));
}

}  // namespace radhost
