// SPDX-License-Identifier: Apache-2.0
#include "mschap_attribute.h"

#include <algorithm>

namespace mschap {

std::optional<ResponseAttribute> decode_response(Octets value) {
  if (value.size() != ResponseAttribute::size) return std::nullopt;
  ResponseAttribute response;
  response.ident = value[0];
  response.use_nt_response = (value[1] & 1) != 0;
  std::copy_n(value.begin() + 2, 24, response.lm_response.begin());
  std::copy_n(value.begin() + 26, 24, response.nt_response.begin());
  return response;
}

std::array<uint8_t, ResponseAttribute::size> encode_response(const ResponseAttribute& response) {
  std::array<uint8_t, ResponseAttribute::size> value{};
  value[0] = response.ident;
  value[1] = response.use_nt_response ? 1 : 0;
  std::copy(response.lm_response.begin(), response.lm_response.end(), value.begin() + 2);
  std::copy(response.nt_response.begin(), response.nt_response.end(), value.begin() + 26);
  return value;
}

std::optional<Response2Attribute> decode_response2(Octets value) {
  if (value.size() != Response2Attribute::size) return std::nullopt;
  // RFC 2548 §2.3.2: Flags and Reserved MUST be zero.
  const Octets reserved = value.subspan(18, 8);
  if (value[1] != 0 || std::any_of(reserved.begin(), reserved.end(), [](uint8_t octet) { return octet != 0; }))
    return std::nullopt;
  Response2Attribute response;
  response.ident = value[0];
  std::copy_n(value.begin() + 2, 16, response.peer_challenge.begin());
  std::copy_n(value.begin() + 26, 24, response.nt_response.begin());
  return response;
}

std::array<uint8_t, Response2Attribute::size> encode_response2(const Response2Attribute& response) {
  std::array<uint8_t, Response2Attribute::size> value{};
  value[0] = response.ident;
  std::copy(response.peer_challenge.begin(), response.peer_challenge.end(), value.begin() + 2);
  std::copy(response.nt_response.begin(), response.nt_response.end(), value.begin() + 26);
  return value;
}

std::array<uint8_t, 43> encode_success2(uint8_t ident, const AuthenticatorResponse& text) {
  std::array<uint8_t, 43> value{ident};
  std::copy(text.begin(), text.end(), value.begin() + 1);
  return value;
}

Secret<24> encode_mppe_keys(const NtHash& hash_of_hash) {
  Secret<24> value;
  std::copy(hash_of_hash.octets.begin(), hash_of_hash.octets.end(), value.octets.begin() + 8);
  return value;
}

std::string encode_error(uint8_t ident, Octets challenge) {
  constexpr std::string_view hex_digits = "0123456789ABCDEF";
  std::string value(1, static_cast<char>(ident));
  value += "E=691 R=0 C=";
  for (const uint8_t octet : challenge) {
    value += hex_digits[octet >> 4];
    value += hex_digits[octet & 0xF];
  }
  value += challenge.size() == 16 ? " V=3 M=Authentication failed" : " V=2";
  return value;
}

}  // namespace mschap
