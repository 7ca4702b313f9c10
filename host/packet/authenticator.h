// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/packet.h"
#include "packet/shared_secret.h"

namespace radhost {

/// A packet's Authenticator field.
using Authenticator = std::array<uint8_t, Packet::authenticator_size>;

/// Does the Code's Request Authenticator protect the packet (RFC 2866 §3, RFC 5176 §2.3), or is it random
/// (RFC 2865 §3, RFC 5997 §3)?
bool request_authenticator_is_digest(Code code);

/// The authenticator that hides a request's values: its own where that is random; where it is a digest over them,
/// sixteen zeros, which is what senders used while they hid them.
Octets hiding_authenticator(const Packet& request);

/// verify_…: of what was received. sign_…: writes the field into a packet whose Length is right; the packet's
/// Message-Authenticator, if any, comes before the packet's own authenticator. `message_authenticator` is the
/// offset of that attribute's value, from the packet's first octet.

/// MD5(Code, Identifier, Length, 16 zero octets, attributes, secret).
[[nodiscard]] bool verify_request_authenticator(const Packet& request, const SharedSecret& secret);
void sign_request_authenticator(MutableOctets request, const SharedSecret& secret);

/// MD5(Code, Identifier, Length, Request Authenticator, attributes, secret), RFC 2865 §3.
[[nodiscard]] bool verify_response_authenticator(const Packet& response, Octets request_authenticator,
                                                 const SharedSecret& secret);
void sign_response_authenticator(MutableOctets response, Octets request_authenticator, const SharedSecret& secret);

/// HMAC-MD5 of the packet with the attribute's value zero (RFC 3579 §3.2). Where the Request Authenticator is a
/// digest it is zero too (RFC 5176 §3.4). False without exactly one well-formed Message-Authenticator.
[[nodiscard]] bool verify_request_message_authenticator(const Packet& request, const SharedSecret& secret);
void sign_request_message_authenticator(MutableOctets request, size_t message_authenticator,
                                        const SharedSecret& secret);

/// The same for a response, with the request's authenticator in the header.
[[nodiscard]] bool verify_response_message_authenticator(const Packet& response, Octets request_authenticator,
                                                         const SharedSecret& secret);
void sign_response_message_authenticator(MutableOctets response, size_t message_authenticator,
                                         Octets request_authenticator, const SharedSecret& secret);

}  // namespace radhost
