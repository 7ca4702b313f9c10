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

/// Says which attributes a packet may carry.
class AttributeFilter {
 public:
  virtual bool passes(const AttributeView& attribute) = 0;

 protected:
  ~AttributeFilter() = default;
};

/// Writes number `index` of a list in wire form, and all that shares its attribute; gives the number of the one
/// after them. `key`: how to hide; nothing where values travel in the clear (RADIUS/1.1). Text and octets of
/// length 0 are left out (RFC 8044 §3.4, §3.5), and so is what the filter does not let pass; without one, all
/// passes. The error names nothing that was written: drop the packet.
struct EncodeResult {
  size_t next = 0;
  std::optional<EncodeError> error;
};
EncodeResult encode_attribute(const AttributeList& list, size_t index, const HidingKey* key, SaltSource& salts,
                              Writer& writer, AttributeFilter* filter = nullptr);

}  // namespace radhost
