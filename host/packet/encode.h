// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/writer.h"
#include "packet/attribute_list.h"
#include "packet/code.h"

namespace radhost {

/// Why a list could not be written to a packet.
enum class EncodeError : uint8_t {
  NoRoom,    ///< the packet is full
  TooLong,   ///< a value is longer than its attribute can hold
  Internal,  ///< an internal attribute (RFC-less, for the control list) was to go out
};

/// Gives the salts of hidden attributes: each another one (RFC 2868 §3.5).
class SaltSource {
 public:
  explicit SaltSource(uint16_t start) : next_(start) {}
  uint16_t next() { return next_++; }

 private:
  uint16_t next_;
};

/// Which attributes a packet of some Code may carry; all, without a function.
struct AttributeFilter {
  Code code = Code::AccessRequest;
  bool (*may_carry)(Code code, const AttributeDefinition& attribute) = nullptr;

  bool passes(const AttributeDefinition& attribute) const { return may_carry == nullptr || may_carry(code, attribute); }
};

/// Writes number `index` of a list in wire form, and all that shares its attribute; gives the number of the one
/// after them. `key`: how to hide; nothing where values travel in the clear (RADIUS/1.1). Text and octets of
/// length 0 are left out (RFC 8044 §3.4, §3.5), and so is what the filter does not let pass, raw attributes among
/// it. The error names nothing that was written: drop the packet.
struct EncodeResult {
  size_t next = 0;
  std::optional<EncodeError> error;
};
EncodeResult encode_attribute(const AttributeList& list, size_t index, const HidingKey* key, SaltSource& salts,
                              Writer& writer, const AttributeFilter& filter = {});

}  // namespace radhost
