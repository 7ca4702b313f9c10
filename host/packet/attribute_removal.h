// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/attribute_definition.h"

namespace radhost {

/// Which attributes a proxy takes out of what it sends on; what is left stays as it is, octet for octet. Borrows the
/// definitions.
class AttributeRemoval {
 public:
  explicit AttributeRemoval(std::span<const AttributeDefinition* const> definitions) : definitions_(definitions) {}

  /// Can it be taken out alone? What stands within a TLV cannot.
  static bool can_remove(const AttributeDefinition& definition);

  /// Takes them out of whole, well-formed attributes that fill `attributes`, in place. How many octets are left.
  size_t apply(MutableOctets attributes) const;

 private:
  bool removes_whole(const Attribute& attribute) const;
  bool removes_extended(const Attribute& attribute, const AttributeDefinition& definition) const;
  bool removes_vendors(uint32_t vendor, uint32_t type) const;
  const AttributeDefinition* vendor_in_hand(uint32_t vendor) const;
  size_t shorten_vendor_specific(Octets from, MutableOctets to) const;

  std::span<const AttributeDefinition* const> definitions_;
};

}  // namespace radhost
