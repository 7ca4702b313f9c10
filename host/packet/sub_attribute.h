// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/octets.h"
#include "packet/attribute_definition.h"

namespace radhost {

/// A vendor's attribute within Vendor-Specific (RFC 2865 §5.26), with type and length fields of the vendor's sizes:
///
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
///     |  Vendor type  | Vendor length | [C Reserved]  | Value ...
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
struct SubAttribute {
  uint32_t type;
  Octets value;
  size_t size;  ///< header included
  bool more;    ///< the value continues in another one (WiMAX's C bit)
};

/// In a format of any sizes; see take_sub_attribute.
std::optional<SubAttribute> take_odd_sub_attribute(Octets octets, const VendorFormat& format);

/// The one at the front of octets; nothing when it is not well-formed. Without a length field it takes all.
inline std::optional<SubAttribute> take_sub_attribute(Octets octets, const VendorFormat& format) {
  if (!(format == VendorFormat{})) return take_odd_sub_attribute(octets, format);
  if (octets.size() < 2 || octets[1] < 2 || octets[1] > octets.size()) return std::nullopt;
  return SubAttribute{octets[0], octets.subspan(2, octets[1] - 2u), octets[1], false};
}

/// Do one or more well-formed ones fill the octets exactly (RFC 8044 §3.14)?
bool sub_attributes_fill(Octets octets, const VendorFormat& format);

}  // namespace radhost
