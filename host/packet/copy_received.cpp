// SPDX-License-Identifier: Apache-2.0
// How received attributes are sent on: as a list, or as they are.
#include "packet/packet.h"
#include "packet/received_attributes.h"

namespace radhost {

AttributeList::Outcome ReceivedAttributes::copy_to(AttributeList& list) {
  split_values_.index(attributes_, *root_);
  for (Attribute attribute : AttributeRange(attributes_)) {
    size_t size = Attribute::header_size + attribute.value.size();
    auto error = is_copied_raw(attribute) ? list.add_raw(attributes_.subspan(attribute.offset, size))
                                          : copy_values(attribute, list);
    if (error) return error;
  }
  return std::nullopt;
}

bool ReceivedAttributes::is_copied_raw(const Attribute& attribute) {
  Attribute first = attribute;
  AttributeView view;
  if (split_values_.has_part(attribute.offset)) {
    // A vendor's part may share its attribute with other values; a long-extended one never does.
    if (attribute.type == attribute_type::vendor_specific) return true;
    SplitValues::Part* part = split_values_.at(Place(attribute.offset).cursor());
    first = *AttributeRange(attributes_).at(Place::of(split_values_.first_cursor(*part)).offset());
  }
  bool there = view_at(first, Place(first.offset), view);
  for (; there; there = view_next_in(first, view))
    if (!is_understood(view)) return true;
  return false;
}

/// Can the list say the same by its value?
bool ReceivedAttributes::is_understood(const AttributeView& view) {
  if (view.definition == nullptr || view.invalid) return false;
  if (view.value.empty() && !view.hidden()) return false;                      // a list's are not sent
  if (!hidden_size(view.definition->hiding, view.value.size())) return false;  // hidden in more room than there is
  if (!view.definition->holds_hidden) return true;
  AttributeView child;
  while (next_child(view, child))
    if (!is_understood(child)) return false;
  return true;
}

/// The values that begin in an attribute: several share it again.
AttributeList::Outcome ReceivedAttributes::copy_values(const Attribute& attribute, AttributeList& list) {
  AttributeView view;
  bool there = view_at(attribute, Place(attribute.offset), view);
  bool grouped = there && attribute.type == attribute_type::vendor_specific;
  if (grouped)
    if (auto error = list.begin_group(*view.definition->parent)) return error;
  for (; there; there = view_next_in(attribute, view))
    if (auto error = copy_value(view, list)) return error;
  return grouped ? list.end_group() : std::nullopt;
}

AttributeList::Outcome ReceivedAttributes::copy_value(const AttributeView& view, AttributeList& list) {
  if (!view.definition->holds_hidden) return list.add(*view.definition, view.value, view.tag);
  if (auto error = list.begin_group(*view.definition)) return error;
  AttributeView child;
  while (next_child(view, child))
    if (auto error = copy_value(child, list)) return error;
  return list.end_group();
}

bool ReceivedAttributes::forward_to(const HidingKey& to, Writer& writer) {
  size_t begin = writer.size();
  if (attributes_.size() > writer.room()) return false;
  writer.put(attributes_);
  if (!key_) return true;
  AttributeView view;
  for (bool there = first(view); there; there = next(view)) reveal_children(view);

  MutableOctets copy = writer.written().subspan(begin);
  for (const Revealed& value : revealed_) {
    if (value.invalid) continue;
    std::array<uint8_t, Packet::maximum_size> octets;
    MutableOctets hidden = MutableOctets(octets).first(value.hidden.size());
    copy_octets(hidden, value.hidden);
    hide_anew(value.hiding, hidden, *key_, to);
    for (size_t i = 0; i < hidden.size(); ++i) {
      const uint8_t* joined_from = split_values_.origin(&value.hidden[i]);
      const uint8_t* from = joined_from != nullptr ? joined_from : &value.hidden[i];
      copy[static_cast<size_t>(from - attributes_.data())] = hidden[i];
    }
  }
  return true;
}

void ReceivedAttributes::reveal_children(const AttributeView& tlv) {
  if (tlv.definition == nullptr || !tlv.definition->holds_hidden || tlv.invalid) return;
  AttributeView child;
  while (next_child(tlv, child)) reveal_children(child);
}

}  // namespace radhost
