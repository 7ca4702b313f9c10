// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange/link.h"
#include "packet/encode.h"
#include "packet/packet.h"
#include "packet/shared_secret.h"

namespace radhost {

/// What a reply is made of.
struct ReplyParts {
  Code code;
  const Packet& request;
  const AttributeList& attributes;  ///< those that its Code does not allow are left out
  uint32_t error_cause = 0;         ///< added where the attributes have none; 0 for none
  Octets own;                       ///< whole attributes that the host adds: a State, an EAP-Failure
  const SharedSecret& secret;       ///< RADIUS/1.1 signs and hides nothing by it
  Link link;                        ///< what the request came over
};

/// Encodes and signs a reply: Message-Authenticator first (CVE-2024-3596), then the attributes, then the request's
/// Proxy-State in its order (RFC 2865 §5.33). In RADIUS/1.1 the request's Token is all that makes it one (RFC 9765
/// §4.1). The error says that it does not fit, or cannot be encoded.
struct EncodedReply {
  size_t size;
  size_t left_out;       ///< attributes that it may not carry
  uint32_t error_cause;  ///< that it carries; 0 for none
};
Result<EncodedReply, EncodeError> encode_reply(const ReplyParts& parts, SaltSource& salts, MutableOctets buffer);

}  // namespace radhost
