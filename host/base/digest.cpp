// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <stdexcept>

namespace radhost {

DigestLibrary::DigestLibrary() : library_(OSSL_LIB_CTX_new()) {
  if (library_ != nullptr) provider_ = OSSL_PROVIDER_load(library_, "default");
  if (provider_ != nullptr) md5_ = EVP_MD_fetch(library_, "MD5", nullptr);
  if (md5_ == nullptr) throw std::runtime_error("OpenSSL's default provider gives no MD5, which RADIUS/1.0 needs");
}

DigestLibrary::~DigestLibrary() {
  EVP_MD_free(md5_);
  OSSL_PROVIDER_unload(provider_);
  OSSL_LIB_CTX_free(library_);
}

Md5::Md5(const DigestLibrary& library) : md5_(library.md5()), context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  begin();
}

Md5::~Md5() { EVP_MD_CTX_free(context_); }

// None of the three can fail once the algorithm is fetched and the context holds its state.
void Md5::begin() { EVP_DigestInit_ex2(context_, md5_, nullptr); }
void Md5::update(Octets octets) { EVP_DigestUpdate(context_, octets.data(), octets.size()); }
Digest16 Md5::finish() {
  Digest16 digest;
  unsigned size = 0;
  EVP_DigestFinal_ex(context_, digest.data(), &size);
  return digest;
}

Digest16 Md5::digest(std::span<const Octets> parts) {
  begin();
  for (Octets part : parts) update(part);
  return finish();
}

Digest16 Md5::hmac(const HmacMd5Key& key, std::initializer_list<Octets> parts) {
  begin();
  update(key.inner);
  for (Octets part : parts) update(part);
  Digest16 inner = finish();
  return digest({key.outer, inner});
}

HmacMd5Key Md5::make_key(Octets secret) {
  std::array<uint8_t, 64> block{};
  if (secret.size() > block.size()) {
    Digest16 digested = digest({secret});
    copy_octets(block, digested);
    wipe(digested);
  } else {
    copy_octets(block, secret);
  }
  HmacMd5Key key;
  for (size_t i = 0; i < block.size(); ++i) {
    key.inner[i] = block[i] ^ 0x36;
    key.outer[i] = block[i] ^ 0x5c;
  }
  wipe(block);
  return key;
}

}  // namespace radhost
