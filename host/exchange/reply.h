// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/encode.h"
#include "packet/packet.h"
#include "packet/shared_secret.h"

namespace radhost {

/// May a reply of this Code carry this attribute? RFC 2865 §5.44, RFC 2866 §5.13, RFC 2869 §5.19, RFC 5176 §3.6.
bool reply_may_carry(Code code, const AttributeDefinition& attribute);

/// What a reply is made of.
struct ReplyParts {
  Code code;
  const Packet& request;
  const AttributeList& attributes;  ///< those that its Code does not allow are left out
  uint32_t error_cause = 0;         ///< added where the attributes have none; 0 for none
  Octets own;                       ///< whole attributes that the host adds: a State, an EAP-Failure
};

/// The Error-Cause that a reply with these attributes carries: theirs, else the host's own. 0 for none.
uint32_t error_cause_of(const AttributeList& attributes, uint32_t own);

/// Encodes and signs a reply: Message-Authenticator first (CVE-2024-3596), then the attributes, then the request's
/// Proxy-State in its order (RFC 2865 §5.33). Gives its size. The error says that it does not fit, or cannot be
/// encoded.
Result<size_t, EncodeError> encode_reply(const ReplyParts& parts, const SharedSecret& secret, Md5& md5,
                                         SaltSource& salts, MutableOctets buffer);

}  // namespace radhost
