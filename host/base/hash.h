// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/octets.h"

namespace radhost {

/// A hash of octets under a random key, for tables that strangers can fill: who does not know the key cannot choose
/// octets that meet. Not for anything that must stay secret.
class KeyedHash {
 public:
  using Key = std::array<uint64_t, 4>;

  /// With a key of its own. Throws std::runtime_error when the system has no random octets.
  KeyedHash() {
    std::array<uint8_t, sizeof key_> octets;
    fill_random(octets);
    std::memcpy(key_.data(), octets.data(), sizeof key_);
    for (uint64_t& part : key_) part |= 1;
  }
  /// Like another one.
  explicit KeyedHash(const Key& key) : key_(key) {}

  const Key& key() const { return key_; }

  uint64_t operator()(Octets octets) const {
    uint64_t state = key_[0] ^ octets.size();
    size_t at = 0;
    for (; octets.size() - at >= 16; at += 16)
      state = mixed(word(octets, at) ^ key_[1] ^ state, word(octets, at + 8) ^ key_[2]);
    std::array<uint8_t, 16> rest{};
    copy_octets(rest, octets.subspan(at));
    return mixed(mixed(word(rest, 0) ^ key_[1] ^ state, word(rest, 8) ^ key_[3]), key_[2] ^ state);
  }

 private:
  static uint64_t word(Octets octets, size_t at) {
    uint64_t value;
    std::memcpy(&value, octets.data() + at, sizeof value);
    return value;
  }
  /// Both halves of the product of two words: each bit of either reaches all of the result.
  static uint64_t mixed(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  Key key_;
};

}  // namespace radhost
