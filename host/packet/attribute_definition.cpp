// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_definition.h"

#include <algorithm>

namespace radhost {
namespace {

bool by_number(const AttributeDefinition* definition, uint32_t number) { return definition->number < number; }

}  // namespace

void AttributeDefinition::add_child(const AttributeDefinition* child) {
  uint32_t at = child->number;
  if (at < 256) {
    if (dense_children_.size() <= at) dense_children_.resize(at + 1);
    dense_children_[at] = child;
    return;
  }
  auto place = std::lower_bound(sparse_children_.begin(), sparse_children_.end(), at, by_number);
  if (place != sparse_children_.end() && (*place)->number == at) *place = child;
  else sparse_children_.insert(place, child);
}

const AttributeDefinition* AttributeDefinition::sparse_child(uint32_t child_number) const {
  auto place = std::lower_bound(sparse_children_.begin(), sparse_children_.end(), child_number, by_number);
  return place != sparse_children_.end() && (*place)->number == child_number ? *place : nullptr;
}

size_t AttributeDefinition::wire_room() const {
  constexpr size_t packet_room = 4096 - 20;
  constexpr size_t vendor_id_size = 4;
  if (concat) return packet_room;
  size_t room = Attribute::value_max;
  size_t room_when_split = packet_room;  // over several attributes; a TLV's child has one length octet all the same
  for (const AttributeDefinition* at = parent; at != nullptr; at = at->parent) {
    switch (at->type) {
      case DataType::Tlv:
        room -= Attribute::header_size;
        room_when_split = at == parent ? Attribute::value_max : room_when_split - Attribute::header_size;
        break;
      case DataType::Vendor:
        if (at->format.continuation) return room_when_split;
        room -= at->parent->type == DataType::Evs ? vendor_id_size + 1 : vendor_id_size + at->format.header_size();
        break;
      case DataType::Extended: room -= 1; break;
      case DataType::LongExtended: return room_when_split;
      default: break;
    }
  }
  return room;
}

}  // namespace radhost
