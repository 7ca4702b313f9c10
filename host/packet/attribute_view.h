// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet/attribute_definition.h"

namespace radhost {

/// One attribute of a list, seen where it lies: the value without tag, revealed, joined. Borrowed from its list.
struct AttributeView {
  static constexpr int no_tag = -1;

  const AttributeDefinition* definition = nullptr;  ///< nullptr when the dictionary does not know it
  uint32_t vendor = 0;                              ///< Vendor-Id, 0 for the standard's own
  uint32_t type = 0;                                ///< its number within its parent
  uint8_t top = 0;                                  ///< the type of the attribute that holds it on the wire
  int tag = no_tag;                                 ///< 0 to 31
  bool invalid = false;                             ///< the value does not fit the data type (RFC 6929 §2.8)
  bool in_evs = false;                              ///< a vendor's, in an EVS attribute; Vendor-Id 0 is one too
  Octets value;
  uint64_t cursor = 0;  ///< where it stands; meaningful to its list alone

  bool hidden() const { return definition != nullptr && definition->hidden(); }
  bool sensitive() const { return definition != nullptr && definition->sensitive(); }
};

inline constexpr size_t tlv_header_size = 2;

/// Do well-formed TLVs fill the value exactly (RFC 6929 §2.3)? Nested ones are not looked into.
bool tlvs_fill(Octets value);

/// Is a TLV's value, which is not empty, one of its definition?
bool is_tlv_value(const AttributeDefinition& definition, Octets value);

/// The TLVs in a value (RFC 8044 §3.13), one after the other. `child.cursor` is the offset of the one after it;
/// begin with 0. False at the end, and when what follows is no TLV.
inline bool next_tlv(const AttributeDefinition* parent, Octets value, AttributeView& child) {
  auto offset = static_cast<size_t>(child.cursor);
  if (offset + tlv_header_size >= value.size()) return false;
  size_t size = value[offset + 1];
  if (size <= tlv_header_size || size > value.size() - offset) return false;
  child = {};
  child.type = value[offset];
  child.cursor = offset + size;
  child.value = value.subspan(offset + tlv_header_size, size - tlv_header_size);
  if (parent == nullptr) return true;
  child.vendor = parent->vendor;
  child.definition = parent->child(child.type);
  child.invalid = child.definition != nullptr && !is_tlv_value(*child.definition, child.value);
  return true;
}

/// What must be hidden before it is sent: the view's own attribute, or one within its TLVs; nullptr for none.
const AttributeDefinition* hidden_part(const AttributeView& view);

}  // namespace radhost
