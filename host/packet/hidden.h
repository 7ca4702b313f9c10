// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "packet/shared_secret.h"

namespace radhost {

/// How an attribute's value is hidden on the wire of RADIUS/1.0.
enum class Hiding : uint8_t {
  None,
  UserPassword,    ///< RFC 2865 §5.2: padded to blocks of 16, chained MD5 over the Request Authenticator
  TunnelPassword,  ///< RFC 2868 §3.5, RFC 2548 §2.4.2: a Salt, a length octet, chained MD5
  AscendSecret,    ///< Ascend's own: MD5(Request Authenticator, secret) over at most 16 octets
};

/// What hiding needs beside the value. Borrowed for the call.
struct HidingKey {
  const SharedSecret& secret;
  Octets request_authenticator;
};

/// The octets that `length` octets of clear text take on the wire, without a tag. Nothing when what hides them cannot
/// hold so many.
std::optional<size_t> hidden_size(Hiding hiding, size_t length);

/// Hides `clear` into `hidden`, which has exactly hidden_size octets. `salt` is used for TunnelPassword alone;
/// its top bit is set here (RFC 2868 §3.5).
void hide(Hiding hiding, Octets clear, MutableOctets hidden, uint16_t salt, const HidingKey& key);

/// Reveals `hidden` into `clear`, which must have room for hidden.size() octets, and gives the clear text's
/// length. Nothing when the value has an impossible size (RFC 2868 §3.5; conformance AUTH-9, AUTH-15).
std::optional<size_t> reveal(Hiding hiding, Octets hidden, MutableOctets clear, const HidingKey& key);

/// Hides a value for somebody else, in place: the same blocks, padding and salt.
void hide_anew(Hiding hiding, MutableOctets hidden, const HidingKey& from, const HidingKey& to);

}  // namespace radhost
