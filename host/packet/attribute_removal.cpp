// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_removal.h"

#include <algorithm>

#include "base/reader.h"
#include "base/writer.h"
#include "packet/sub_attribute.h"

namespace radhost {
namespace {

constexpr uint8_t more = 0x80;
constexpr size_t vendor_id_size = 4;
constexpr size_t vendor_specific_header = Attribute::header_size + vendor_id_size;

/// A long-extended attribute that another part follows (RFC 6929 §2.2).
bool has_more(const Attribute& attribute) {
  bool is_long = attribute.type == attribute_type::long_extended_1 || attribute.type == attribute_type::long_extended_2;
  return is_long && attribute.value.size() >= 2 && (attribute.value[1] & more) != 0;
}

/// Is it of this type within this extended space?
bool is_extended(const Attribute& attribute, const AttributeDefinition& container, uint32_t number) {
  return attribute.type == container.number && !attribute.value.empty() && attribute.value[0] == number;
}

}  // namespace

bool AttributeRemoval::can_remove(const AttributeDefinition& definition) {
  return !definition.internal && definition.parent != nullptr && definition.parent->type != DataType::Tlv;
}

/// The definition's own attribute, or that of the vendor's space in it, when that space lies in an extended attribute.
bool AttributeRemoval::removes_extended(const Attribute& attribute, const AttributeDefinition& definition) const {
  const AttributeDefinition& parent = *definition.parent;
  if (parent.type == DataType::Extended || parent.type == DataType::LongExtended)
    return is_extended(attribute, parent, definition.number);
  bool is_in_evs = parent.type == DataType::Vendor && parent.parent->type == DataType::Evs;
  if (!is_in_evs) return false;
  const AttributeDefinition& evs = *parent.parent;
  if (!is_extended(attribute, *evs.parent, evs.number)) return false;
  // RFC 6929 §2.4: Vendor-Id and Vendor-Type stand before the value, behind the flags of a long-extended one.
  Reader reader(attribute.value.subspan(1));
  if (evs.parent->type == DataType::LongExtended) reader.take_uint8();
  uint32_t vendor = reader.take_uint32();
  uint8_t type = reader.take_uint8();
  return reader.ok() && vendor == parent.number && type == definition.number;
}

bool AttributeRemoval::removes_whole(const Attribute& attribute) const {
  return std::any_of(definitions_.begin(), definitions_.end(), [&](const AttributeDefinition* definition) {
    if (definition->parent->type == DataType::Root) return attribute.type == definition->number;
    return removes_extended(attribute, *definition);
  });
}

bool AttributeRemoval::removes_vendors(uint32_t vendor, uint32_t type) const {
  return std::any_of(definitions_.begin(), definitions_.end(), [&](const AttributeDefinition* definition) {
    const AttributeDefinition& parent = *definition->parent;
    if (definition->type == DataType::Vendor) return parent.type == DataType::Vsa && definition->number == vendor;
    return parent.type == DataType::Vendor && parent.parent->type == DataType::Vsa && parent.number == vendor &&
           definition->number == type;
  });
}

/// The vendor's definition, where one of its attributes is to go.
const AttributeDefinition* AttributeRemoval::vendor_in_hand(uint32_t vendor) const {
  for (const AttributeDefinition* definition : definitions_) {
    const AttributeDefinition* space = definition->type == DataType::Vendor ? definition : definition->parent;
    bool is_vsa = space->type == DataType::Vendor && space->parent->type == DataType::Vsa;
    if (is_vsa && space->number == vendor) return space;
  }
  return nullptr;
}

/// A Vendor-Specific attribute without the vendor's attributes that are to go; as it was where they are not
/// well-formed. How many octets that makes.
size_t AttributeRemoval::shorten_vendor_specific(Octets from, MutableOctets to) const {
  Octets subs = from.size() < vendor_specific_header ? Octets() : from.subspan(vendor_specific_header);
  const AttributeDefinition* vendor =
      subs.empty() ? nullptr : vendor_in_hand(get_uint32be(from.subspan(Attribute::header_size)));
  if (vendor == nullptr || !sub_attributes_fill(subs, vendor->format)) {
    std::memmove(to.data(), from.data(), from.size());
    return from.size();
  }
  size_t size = vendor_specific_header;
  std::memmove(to.data(), from.data(), size);
  while (!subs.empty()) {
    SubAttribute sub = *take_sub_attribute(subs, vendor->format);
    if (!removes_vendors(vendor->number, sub.type)) {
      std::memmove(to.subspan(size).data(), subs.data(), sub.size);
      size += sub.size;
    }
    subs = subs.subspan(sub.size);
  }
  if (size == vendor_specific_header) return 0;
  to[1] = static_cast<uint8_t>(size);
  return size;
}

size_t AttributeRemoval::apply(MutableOctets attributes) const {
  size_t kept = 0;
  uint16_t continued = 0;  // the type and extended type whose next parts go too, because a first part went
  for (size_t at = 0; at < attributes.size();) {
    Octets whole = Octets(attributes).subspan(at, attributes[at + 1]);
    at += whole.size();
    Attribute attribute{whole[0], whole.subspan(Attribute::header_size), 0};
    auto name = static_cast<uint16_t>(attribute.type << 8 | (attribute.value.empty() ? 0 : attribute.value[0]));
    bool goes = removes_whole(attribute) || (continued != 0 && continued == name);
    if (goes) {
      if (has_more(attribute)) continued = name;
      else if (continued == name) continued = 0;
      continue;
    }
    if (attribute.type == attribute_type::vendor_specific) {
      kept += shorten_vendor_specific(whole, attributes.subspan(kept));
    } else {
      std::memmove(attributes.subspan(kept).data(), whole.data(), whole.size());
      kept += whole.size();
    }
  }
  return kept;
}

}  // namespace radhost
