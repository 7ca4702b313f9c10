// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

// OpenSSL 3 would rather have digests by EVP. That allocates at each beginning, and cannot go on from a pad's state
// without another allocation; these functions do neither, ask no provider, and are in every libcrypto with MD5.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

namespace radhost {
namespace {

constexpr size_t block_size = MD5_CBLOCK;

void update(MD5_CTX& context, Octets octets) { MD5_Update(&context, octets.data(), octets.size()); }

Digest16 finish(MD5_CTX& context) {
  Digest16 digest;
  MD5_Final(digest.data(), &context);  // which wipes what it holds of its input
  return digest;
}

/// What MD5 has come to behind a key's block under a pad.
std::array<uint32_t, 4> state_behind(const std::array<uint8_t, block_size>& key, uint8_t pad) {
  std::array<uint8_t, block_size> masked;
  for (size_t i = 0; i < key.size(); ++i) masked[i] = key[i] ^ pad;
  MD5_CTX context;
  MD5_Init(&context);
  update(context, masked);
  wipe(masked);
  return {context.A, context.B, context.C, context.D};
}

/// A context that has seen one block.
MD5_CTX go_on_from(const std::array<uint32_t, 4>& state) {
  MD5_CTX context;
  context.A = state[0];
  context.B = state[1];
  context.C = state[2];
  context.D = state[3];
  context.Nl = block_size * 8;
  context.Nh = 0;
  context.num = 0;
  return context;
}

}  // namespace

Digest16 md5(std::span<const Octets> parts) {
  MD5_CTX context;
  MD5_Init(&context);
  for (Octets part : parts) update(context, part);
  return finish(context);
}

Digest16 hmac_md5(const HmacMd5Key& key, std::initializer_list<Octets> parts) {
  MD5_CTX inner = go_on_from(key.inner_);
  for (Octets part : parts) update(inner, part);
  MD5_CTX outer = go_on_from(key.outer_);
  update(outer, finish(inner));
  return finish(outer);
}

HmacMd5Key::HmacMd5Key(Octets secret) {
  std::array<uint8_t, block_size> block{};
  if (secret.size() > block.size()) {
    Digest16 digested = md5({secret});
    copy_octets(block, digested);
    wipe(digested);
  } else {
    copy_octets(block, secret);
  }
  inner_ = state_behind(block, 0x36);
  outer_ = state_behind(block, 0x5c);
  wipe(block);
}

HmacMd5Key::~HmacMd5Key() {
  wipe({reinterpret_cast<uint8_t*>(inner_.data()), sizeof inner_});
  wipe({reinterpret_cast<uint8_t*>(outer_.data()), sizeof outer_});
}

}  // namespace radhost
