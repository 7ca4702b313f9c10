// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/reader.h"
#include "base/result.h"
#include "packet/attribute.h"
#include "packet/code.h"
#include "packet/discard.h"

namespace radhost {

/// A RADIUS/1.0 packet where it was received: a view whose bounds are checked, without a copy (RFC 2865 §3).
///
///      0                   1                   2                   3
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     Code      |  Identifier   |            Length             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                  Authenticator (16 octets)                    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  Attributes ...
///     +-+-+-+-+-+-+-+-+-+-+-+-+-
class Packet {
 public:
  static constexpr size_t header_size = 20;
  static constexpr size_t maximum_size = 4096;
  static constexpr size_t authenticator_offset = 4;
  static constexpr size_t authenticator_size = 16;
  static constexpr size_t message_authenticator_size = 16;

  /// Checks the frame: lengths, Code, and that the attributes fill the packet. Octets behind Length are padding.
  /// The view borrows `received`.
  static Result<Packet, Discard> decode(Octets received);

  Code code() const { return static_cast<Code>(octets_[0]); }
  uint8_t identifier() const { return octets_[1]; }
  Octets authenticator() const { return octets_.subspan(authenticator_offset, authenticator_size); }
  Octets octets() const { return octets_; }
  Octets attribute_octets() const { return octets_.subspan(header_size); }
  AttributeRange attributes() const { return AttributeRange(attribute_octets()); }

  /// Is there an attribute of this type? Answered from what decode saw, without a search.
  bool has(uint8_t type) const { return (present_[type >> 6] >> (type & 63) & 1) != 0; }

  /// The value of the first attribute of a type; empty without one.
  Octets value_of(uint8_t type) const;

  /// Where the first Message-Authenticator's value begins, from the packet's first octet; 0 without one.
  size_t message_authenticator_offset() const { return message_authenticator_offset_; }

  /// One Message-Authenticator of the right length (RFC 2869 §5.14); two, or another length, is a failed check.
  bool has_wellformed_message_authenticator() const { return message_authenticator_wellformed_; }

 private:
  explicit Packet(Octets octets) : octets_(octets) {}
  bool scan_attributes();

  Octets octets_;
  std::array<uint64_t, 4> present_{};
  uint16_t message_authenticator_offset_ = 0;
  bool message_authenticator_wellformed_ = false;
};

}  // namespace radhost
