// SPDX-License-Identifier: Apache-2.0
// How received attributes become a list to be sent.
#include "packet/received_attributes.h"

namespace radhost {
namespace {

bool is_host_owned(uint8_t type) {
  return type == attribute_type::message_authenticator || type == attribute_type::proxy_state;
}

}  // namespace

AttributeList::Outcome ReceivedAttributes::copy_to(AttributeList& list, bool but_host_owned) {
  split_values_.index(attributes_, *root_);
  for (Attribute attribute : AttributeRange(attributes_)) {
    if (but_host_owned && is_host_owned(attribute.type)) continue;
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

}  // namespace radhost
