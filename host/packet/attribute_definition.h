// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "packet/attribute.h"
#include "packet/data_type.h"
#include "packet/hidden.h"

namespace radhost {

/// How a vendor frames its attributes within Vendor-Specific: sizes of the type and length fields in octets, and
/// whether a continuation octet follows (WiMAX). RFC 2865 §5.26 recommends 1, 1, none.
struct VendorFormat {
  uint8_t type_octets = 1;
  uint8_t length_octets = 1;
  bool continuation = false;

  size_t header_size() const { return size_t{type_octets} + length_octets + (continuation ? 1 : 0); }
  bool operator==(const VendorFormat&) const = default;
};

/// What the codec knows about an attribute: its place in the tree of attributes, its data type, and how its value
/// travels. Made by the dictionary, immutable, and as long-lived as the process. The root's children are the
/// standard's attributes; containers and TLVs have children of their own.
struct AttributeDefinition {
  uint32_t id = 0;      ///< the handle; 0 for containers that the dictionary made by itself, and for unknown ones
  uint32_t number = 0;  ///< within the parent; of a Vendor the Vendor-Id
  uint32_t vendor = 0;  ///< the Vendor-Id of the Vendor above it; 0 without one
  DataType type = DataType::OctetString;
  Hiding hiding = Hiding::None;
  VendorFormat format;        ///< of a Vendor
  bool tagged = false;        ///< may carry a tag (RFC 2868 §3)
  bool concat = false;        ///< split over several attributes when too long (RFC 8044 §3.6)
  bool internal = false;      ///< never on the wire
  bool array = false;         ///< several values of a fixed size in one attribute
  bool secret = false;        ///< not to be shown, though nothing hides it on the wire
  bool holds_hidden = false;  ///< of a TLV: something below it is hidden
  uint16_t exact_size = 0;    ///< of octets[n]; 0 for any
  uint32_t enumeration = 0;   ///< the handle of what holds the names of its values; 0 for itself
  const AttributeDefinition* parent = nullptr;
  std::string_view name;

  /// The child of a number; nullptr when the dictionary knows none.
  const AttributeDefinition* child(uint32_t child_number) const {
    if (child_number < dense_children_.size()) return dense_children_[child_number];
    return child_number < 256 ? nullptr : sparse_child(child_number);
  }
  /// Adds a child, in place of one with its number.
  void add_child(const AttributeDefinition* child);

  /// The attribute of the root that holds this one, which may be itself.
  const AttributeDefinition& top() const {
    const AttributeDefinition* at = this;
    while (at->parent != nullptr && at->parent->type != DataType::Root) at = at->parent;
    return *at;
  }
  bool hidden() const { return hiding != Hiding::None; }
  /// Does each value fill an attribute, as it is?
  bool plain() const {
    bool has_own_way = (static_cast<unsigned>(hiding) | tagged | concat | array | exact_size) != 0;
    return !has_own_way && type != DataType::Tlv && !is_container(type);
  }
  /// Must it not reach a log?
  bool sensitive() const { return hidden() || secret; }

  /// How many octets of value its attribute has room for on the wire, tag included and before hiding. Values of concat
  /// and long-extended attributes are split, so only the packet bounds them.
  size_t wire_room() const;

  /// Does the protocol machinery alone write it: Message-Authenticator and Proxy-State?
  bool host_owned() const {
    uint32_t number_at_top = top().number;
    return parent != nullptr &&
           (number_at_top == attribute_type::message_authenticator || number_at_top == attribute_type::proxy_state);
  }

  /// Is it an integer whose first octet on the wire is always a tag (RFC 2868 §3.1)?
  bool tagged_integer() const { return tagged && type == DataType::Uint32; }

 private:
  const AttributeDefinition* sparse_child(uint32_t child_number) const;
  std::vector<const AttributeDefinition*> dense_children_;   // by number, below 256
  std::vector<const AttributeDefinition*> sparse_children_;  // the others, sorted by number
};

}  // namespace radhost
