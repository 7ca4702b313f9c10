// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <array>
#include <initializer_list>
#include <memory>

#include "base/octets.h"

namespace radhost {

/// MD5's output, and that of HMAC-MD5.
using Digest16 = std::array<uint8_t, 16>;

/// Where digests come from: a library context of our own with OpenSSL's default provider, so that a system
/// configured for FIPS still serves RADIUS/1.0. Made once; the algorithms are fetched once.
class DigestLibrary {
 public:
  /// Throws std::runtime_error when the provider or MD5 is missing.
  DigestLibrary();
  DigestLibrary(const DigestLibrary&) = delete;
  DigestLibrary& operator=(const DigestLibrary&) = delete;
  ~DigestLibrary();

  const EVP_MD* md5() const { return md5_; }

 private:
  OSSL_LIB_CTX* library_ = nullptr;
  OSSL_PROVIDER* provider_ = nullptr;
  EVP_MD* md5_ = nullptr;
};

/// A key of HMAC-MD5 (RFC 2104), padded and masked once.
struct HmacMd5Key {
  std::array<uint8_t, 64> inner;
  std::array<uint8_t, 64> outer;

  ~HmacMd5Key() {
    wipe(inner);
    wipe(outer);
  }
};

/// Computes MD5 and HMAC-MD5. One a thread; its context is reused.
class Md5 {
 public:
  explicit Md5(const DigestLibrary& library);
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;
  ~Md5();

  /// The digest of the parts, one after the other.
  Digest16 digest(std::initializer_list<Octets> parts) { return digest(std::span(parts.begin(), parts.size())); }
  Digest16 digest(std::span<const Octets> parts);
  Digest16 hmac(const HmacMd5Key& key, std::initializer_list<Octets> parts);

  HmacMd5Key make_key(Octets secret);

 private:
  void begin();
  void update(Octets octets);
  Digest16 finish();

  const EVP_MD* md5_;
  EVP_MD_CTX* context_;
};

}  // namespace radhost
