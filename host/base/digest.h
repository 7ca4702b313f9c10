// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <initializer_list>

#include "base/octets.h"

namespace radhost {

/// MD5's output, and that of HMAC-MD5.
using Digest16 = std::array<uint8_t, 16>;

/// RFC 1321, of the parts, one after the other. Allocates nothing, on any thread, also where the system is configured
/// for FIPS.
Digest16 md5(std::span<const Octets> parts);
inline Digest16 md5(std::initializer_list<Octets> parts) { return md5(std::span(parts.begin(), parts.size())); }

/// A key of HMAC-MD5 (RFC 2104): what MD5 has come to behind the inner and the outer pad. Wiped when it goes.
class HmacMd5Key {
 public:
  explicit HmacMd5Key(Octets secret);
  HmacMd5Key(const HmacMd5Key&) = default;
  HmacMd5Key& operator=(const HmacMd5Key&) = default;
  ~HmacMd5Key();

  friend Digest16 hmac_md5(const HmacMd5Key& key, std::initializer_list<Octets> parts);

 private:
  using State = std::array<uint32_t, 4>;
  State inner_;
  State outer_;
};

/// RFC 2104, of the parts, one after the other.
Digest16 hmac_md5(const HmacMd5Key& key, std::initializer_list<Octets> parts);

}  // namespace radhost
