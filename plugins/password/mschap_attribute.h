// SPDX-License-Identifier: Apache-2.0
/// The values of Microsoft's attributes for MS-CHAP (RFC 2548 §2), decoded and encoded.
#pragma once

#include "mschap.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <stdint.h>

namespace mschap {

/// MS-CHAP-Response, RFC 2548 §2.1.3:
///
///    0       1       2                      26                     50
///    +-------+-------+----------------------+----------------------+
///    | Ident | Flags | LM-Response          | NT-Response          |
///    +-------+-------+----------------------+----------------------+
struct ResponseAttribute {
  static constexpr size_t size = 50;

  uint8_t ident = 0;
  bool use_nt_response = false;  // Flags, lowest bit
  Response lm_response{};
  Response nt_response{};
};
std::optional<ResponseAttribute> decode_response(Octets value);
std::array<uint8_t, ResponseAttribute::size> encode_response(const ResponseAttribute& response);

/// MS-CHAP2-Response, RFC 2548 §2.3.2; Flags and Reserved are zero:
///
///    0       1       2                   18          26                     50
///    +-------+-------+-------------------+-----------+----------------------+
///    | Ident | Flags | Peer-Challenge    | Reserved  | Response             |
///    +-------+-------+-------------------+-----------+----------------------+
struct Response2Attribute {
  static constexpr size_t size = 50;

  uint8_t ident = 0;
  Challenge peer_challenge{};
  Response nt_response{};
};
std::optional<Response2Attribute> decode_response2(Octets value);
std::array<uint8_t, Response2Attribute::size> encode_response2(const Response2Attribute& response);

/// MS-CHAP2-Success, RFC 2548 §2.3.3: Ident, then the text `S=` and 40 digits.
std::array<uint8_t, 43> encode_success2(uint8_t ident, const AuthenticatorResponse& text);

/// MS-CHAP-MPPE-Keys, RFC 2548 §2.4.1: eight octets of LM-Key, zero here, and the hash of the NT hash.
Secret<24> encode_mppe_keys(const NtHash& hash_of_hash);

/// MS-CHAP-Error, RFC 2548 §2.1.5: Ident, then "wrong user or password, do not try again". The length of the
/// challenge tells the version: 16 octets RFC 2759 §6, with a text for people; 8 octets RFC 2433 §5.
std::string encode_error(uint8_t ident, Octets challenge);

}  // namespace mschap
