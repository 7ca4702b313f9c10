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

/// The one at the front of octets; nothing when it is not well-formed. Without a length field it takes all.
std::optional<SubAttribute> take_sub_attribute(Octets octets, const VendorFormat& format);

/// Do one or more well-formed ones fill the octets exactly (RFC 8044 §3.14)?
bool sub_attributes_fill(Octets octets, const VendorFormat& format);

}  // namespace radhost
