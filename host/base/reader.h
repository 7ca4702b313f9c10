// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>

#include "base/octets.h"

namespace radhost {

/// Big-endian numbers at the front of `octets`, which must hold them.
inline uint16_t get_uint16be(Octets octets) {
  assert(octets.size() >= 2);
  return static_cast<uint16_t>(octets[0] << 8 | octets[1]);
}
inline uint32_t get_uint32be(Octets octets) {
  assert(octets.size() >= 4);
  return uint32_t{octets[0]} << 24 | uint32_t{octets[1]} << 16 | uint32_t{octets[2]} << 8 | octets[3];
}
/// A big-endian number of as many octets as there are, at most eight.
inline uint64_t get_uint_be(Octets octets) {
  assert(octets.size() <= 8);
  uint64_t value = 0;
  for (uint8_t octet : octets) value = value << 8 | octet;
  return value;
}

/// Takes octets from the front, and never reads past the end: a reader that was asked for too much has failed,
/// gives zeros from then on, and says so in the end.
class Reader {
 public:
  explicit Reader(Octets octets) : rest_(octets) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  Octets rest() const { return rest_; }

  uint8_t take_uint8() { return static_cast<uint8_t>(take_uint(1)); }
  uint16_t take_uint16() { return static_cast<uint16_t>(take_uint(2)); }
  uint32_t take_uint32() { return static_cast<uint32_t>(take_uint(4)); }

  /// A big-endian number of `size` octets, at most eight.
  uint64_t take_uint(size_t size) { return get_uint_be(take(size)); }

  Octets take(size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    Octets taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

 private:
  Octets rest_;
  bool ok_ = true;
};

}  // namespace radhost
