// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>

#include "base/octets.h"

namespace radhost {

inline void put_uint16be(MutableOctets octets, uint16_t value) {
  assert(octets.size() >= 2);
  octets[0] = static_cast<uint8_t>(value >> 8);
  octets[1] = static_cast<uint8_t>(value);
}
inline void put_uint32be(MutableOctets octets, uint32_t value) {
  put_uint16be(octets, static_cast<uint16_t>(value >> 16));
  put_uint16be(octets.subspan(2), static_cast<uint16_t>(value));
}
/// Writes the low octets of `value`, big-endian, filling `octets`.
inline void put_uint_be(MutableOctets octets, uint64_t value) {
  for (size_t i = octets.size(); i > 0; --i) {
    octets[i - 1] = static_cast<uint8_t>(value);
    value >>= 8;
  }
}

/// Appends to a buffer of fixed size, and never writes past its end: a writer that was asked for too much has
/// failed, writes nothing more, and says so.
class Writer {
 public:
  explicit Writer(MutableOctets buffer) : buffer_(buffer) {}

  bool ok() const { return ok_; }
  size_t size() const { return size_; }
  size_t room() const { return buffer_.size() - size_; }
  MutableOctets written() const { return buffer_.first(size_); }

  /// The next `count` octets, to be filled in by the caller; empty when there is no room.
  MutableOctets reserve(size_t count) {
    if (!ok_ || count > room()) {
      ok_ = false;
      return {};
    }
    MutableOctets place = buffer_.subspan(size_, count);
    size_ += count;
    return place;
  }

  void put(Octets octets) {
    MutableOctets place = reserve(octets.size());
    if (ok_) copy_octets(place, octets);
  }
  void put_uint8(uint8_t value) { put_uint(1, value); }
  void put_uint16(uint16_t value) { put_uint(2, value); }
  void put_uint32(uint32_t value) { put_uint(4, value); }
  void put_uint(size_t octets, uint64_t value) { put_uint_be(reserve(octets), value); }

 private:
  MutableOctets buffer_;
  size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace radhost
