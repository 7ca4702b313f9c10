// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/octets.h"

namespace radhost {

/// Cuts packets out of a stream, by their Length alone: a read may bring a part of one, or many (RFC 6614 §3.4,
/// RFC 6613 §2.6.4). Keeps what is not whole yet, and what nobody takes yet; both only while there is something.
class StreamFramer {
 public:
  /// What the octets came to.
  enum class Outcome : uint8_t {
    WantsMore,
    Held,      ///< a packet is there that `take` did not take: go on with resume()
    TooShort,  ///< a Length below 20: no border can be found any more, and so the next
    TooLong    ///< a Length above 4096
  };

  /// `take(Octets packet)` is called with each packet, in order, until it says false to one, which it is given again
  /// later.
  template <class Take>
  Outcome receive(Octets received, Take take) {
    if (kept_.empty()) return cut(received, take, false);
    kept_.insert(kept_.end(), received.begin(), received.end());
    return resume(take);
  }
  template <class Take>
  Outcome resume(Take take) {
    return cut(kept_, take, true);
  }

  /// Has a packet begun, or is one held?
  bool is_empty() const { return kept_.empty(); }

 private:
  enum class Border : uint8_t {
    Packet,
    None,
    TooShort,
    TooLong
  };
  /// Is there a whole packet at the front, and of which size?
  static Border find_border(Octets octets, size_t& size);

  /// Wiped: there may be passwords in them.
  void keep(Octets rest, bool are_kept);

  template <class Take>
  Outcome cut(Octets rest, Take& take, bool are_kept) {
    for (;;) {
      size_t size = 0;
      Border border = find_border(rest, size);
      if (border == Border::TooShort) return Outcome::TooShort;
      if (border == Border::TooLong) return Outcome::TooLong;
      bool is_held = border == Border::Packet && !take(rest.first(size));
      if (border == Border::None || is_held) {
        keep(rest, are_kept);
        return is_held ? Outcome::Held : Outcome::WantsMore;
      }
      rest = rest.subspan(size);
    }
  }

  SecretOctets kept_;
};

}  // namespace radhost
