// SPDX-License-Identifier: Apache-2.0
#include "packet/hidden.h"

#include <cstring>

#include "base/reader.h"
#include "base/writer.h"

namespace radhost {
namespace {

constexpr size_t block_size = 16;
constexpr size_t salt_size = 2;
constexpr size_t user_password_max = 128;
constexpr size_t value_max = 253;

size_t padded(size_t length) { return (length + block_size - 1) / block_size * block_size; }

/// RFC 2865 §5.2: b1 = MD5(secret, first), c1 = p1 ^ b1; b2 = MD5(secret, c1), c2 = p2 ^ b2; and so on.
/// `output` is `input` crossed with the chain, whose links are the hidden blocks, whichever side they are on.
enum class Direction {
  Hide,
  Reveal
};
void chain(Direction direction, Octets input, MutableOctets output, std::initializer_list<Octets> first,
           const HidingKey& key) {
  Digest16 mask = md5(std::span(first.begin(), first.size()));
  for (size_t offset = 0; offset < input.size(); offset += block_size) {
    std::array<uint8_t, block_size> link;
    for (size_t i = 0; i < block_size; ++i) {
      uint8_t in = input[offset + i];
      uint8_t out = in ^ mask[i];
      output[offset + i] = out;
      link[i] = direction == Direction::Hide ? out : in;
    }
    if (offset + block_size < input.size()) mask = md5({key.secret.octets(), link});
  }
  wipe(mask);
}

std::optional<size_t> reveal_user_password(Octets hidden, MutableOctets clear, const HidingKey& key) {
  // RFC 2865 §5.2: at least one block, at most 128 octets.
  if (hidden.empty() || hidden.size() % block_size != 0 || hidden.size() > user_password_max) return std::nullopt;
  chain(Direction::Reveal, hidden, clear, {key.secret.octets(), key.request_authenticator}, key);
  size_t length = hidden.size();
  while (length > 0 && clear[length - 1] == 0) --length;
  return length;
}

std::optional<size_t> reveal_tunnel_password(Octets hidden, MutableOctets clear, const HidingKey& key) {
  // RFC 2868 §3.5: Salt (two octets), then blocks of 16, the first of which begins with the length.
  if (hidden.size() < salt_size + block_size || (hidden.size() - salt_size) % block_size != 0) return std::nullopt;
  Octets salt = hidden.first(salt_size);
  Octets blocks = hidden.subspan(salt_size);
  chain(Direction::Reveal, blocks, clear, {key.secret.octets(), key.request_authenticator, salt}, key);
  size_t length = clear[0];
  if (length > blocks.size() - 1) return std::nullopt;
  std::memmove(clear.data(), clear.data() + 1, length);
  return length;
}

void cross_ascend_secret(Octets input, MutableOctets output, const HidingKey& key) {
  Digest16 mask = md5({key.request_authenticator, key.secret.octets()});
  for (size_t i = 0; i < block_size; ++i) output[i] = static_cast<uint8_t>((i < input.size() ? input[i] : 0) ^ mask[i]);
  wipe(mask);
}

}  // namespace

std::optional<size_t> hidden_size(Hiding hiding, size_t length) {
  size_t size = length;
  switch (hiding) {
    case Hiding::None: return length;
    case Hiding::UserPassword:
      if (length > user_password_max) return std::nullopt;
      size = length == 0 ? block_size : padded(length);
      break;
    case Hiding::TunnelPassword: size = salt_size + padded(length + 1); break;
    case Hiding::AscendSecret:
      if (length > block_size) return std::nullopt;
      size = block_size;
      break;
  }
  if (size > value_max) return std::nullopt;
  return size;
}

void hide(Hiding hiding, Octets clear, MutableOctets hidden, uint16_t salt, const HidingKey& key) {
  switch (hiding) {
    case Hiding::None: copy_octets(hidden, clear); return;
    case Hiding::AscendSecret: cross_ascend_secret(clear, hidden, key); return;
    case Hiding::UserPassword: {
      std::array<uint8_t, user_password_max> block{};
      copy_octets(block, clear);
      chain(Direction::Hide, Octets(block).first(hidden.size()), hidden,
            {key.secret.octets(), key.request_authenticator}, key);
      wipe(block);
      return;
    }
    case Hiding::TunnelPassword: {
      std::array<uint8_t, value_max + block_size> block{};
      block[0] = static_cast<uint8_t>(clear.size());
      copy_octets(MutableOctets(block).subspan(1), clear);
      // RFC 2868 §3.5: the most significant bit of the Salt must be set.
      put_uint16be(hidden, static_cast<uint16_t>(salt | 0x8000));
      chain(Direction::Hide, Octets(block).first(hidden.size() - salt_size), hidden.subspan(salt_size),
            {key.secret.octets(), key.request_authenticator, hidden.first(salt_size)}, key);
      wipe(block);
      return;
    }
  }
}

std::optional<size_t> reveal(Hiding hiding, Octets hidden, MutableOctets clear, const HidingKey& key) {
  switch (hiding) {
    case Hiding::None: copy_octets(clear, hidden); return hidden.size();
    case Hiding::UserPassword: return reveal_user_password(hidden, clear, key);
    case Hiding::TunnelPassword: return reveal_tunnel_password(hidden, clear, key);
    case Hiding::AscendSecret: {
      if (hidden.size() != block_size) return std::nullopt;
      cross_ascend_secret(hidden, clear, key);
      size_t length = block_size;
      while (length > 0 && clear[length - 1] == 0) --length;
      return length;
    }
  }
  return std::nullopt;
}

void hide_anew(Hiding hiding, MutableOctets hidden, const HidingKey& from, const HidingKey& to) {
  if (hiding == Hiding::None) return;
  if (hiding == Hiding::AscendSecret) {
    cross_ascend_secret(hidden, hidden, from);
    cross_ascend_secret(hidden, hidden, to);
    return;
  }
  Octets salt = hiding == Hiding::TunnelPassword ? Octets(hidden).first(salt_size) : Octets{};
  MutableOctets blocks = hidden.subspan(salt.size());
  chain(Direction::Reveal, blocks, blocks, {from.secret.octets(), from.request_authenticator, salt}, from);
  chain(Direction::Hide, blocks, blocks, {to.secret.octets(), to.request_authenticator, salt}, to);
}

}  // namespace radhost
