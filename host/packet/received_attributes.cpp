// SPDX-License-Identifier: Apache-2.0
#include "packet/received_attributes.h"

#include <algorithm>

#include "base/reader.h"
#include "packet/packet.h"
#include "packet/place.h"
#include "packet/sub_attribute.h"

namespace radhost {
namespace {

// Revealed values are no longer than what hides them, joined ones no longer than their parts; a value may be both.
constexpr size_t buffer_size = 2 * Packet::maximum_size;
constexpr size_t revealed_reserved = 16;
constexpr size_t vendor_id_size = 4;
constexpr uint8_t tag_max = 0x1f;
constexpr size_t least_hidden_size = 16;  // one block

bool is_found(const AttributeView& view, const AttributeDefinition& definition) {
  return view.definition == &definition && !view.invalid;
}

VendorFormat format_of(const AttributeDefinition* vendor) {
  return vendor == nullptr ? VendorFormat{} : vendor->format;
}

/// Does a value without tag, revealed, fit its definition?
bool fits(const AttributeDefinition& definition, Octets value) {
  if (definition.tagged_integer()) return value.size() == 3;
  if (definition.exact_size != 0) return value.size() == definition.exact_size;
  return is_valid(definition.type, value) && (definition.type != DataType::Tlv || tlvs_fill(value));
}

}  // namespace

ReceivedAttributes::ReceivedAttributes() { revealed_.reserve(revealed_reserved); }

void ReceivedAttributes::begin(Octets attributes, const AttributeDefinition& root, const HidingKey* key) {
  end();
  attributes_ = attributes;
  root_ = &root;
  if (key != nullptr) key_.emplace(*key);
}

void ReceivedAttributes::end() {
  wipe_ended(MutableOctets(buffer_).first(buffer_used_));
  buffer_used_ = 0;
  revealed_.clear();
  joined_.clear();
  step_ = {};
  split_values_.clear();
  key_.reset();
  attributes_ = {};
}

namespace {

/// An attribute that nobody knows, or that holds its value as it is: most are one or the other.
inline void view_plain(Attribute attribute, const AttributeDefinition* definition, AttributeView& view) {
  view = {};
  view.definition = definition;
  view.type = attribute.type;
  view.top = attribute.type;
  view.value = attribute.value;
  view.cursor = Place(attribute.offset).cursor();
  view.invalid = definition != nullptr && !is_valid(definition->type, attribute.value);
}

}  // namespace

bool ReceivedAttributes::first(AttributeView& view) { return walk(0, view); }

bool ReceivedAttributes::next(AttributeView& view) {
  Place place = Place::of(view.cursor);
  if (place.offset() >= attributes_.size()) return false;
  auto at = AttributeRange(attributes_).at(place.offset());
  if (!place.is_whole() && view_next_in(*at, view)) return true;
  // A short way to what follows most often.
  if ((++at).offset() >= attributes_.size()) return false;
  Attribute attribute = *at;
  const AttributeDefinition* definition = root_->child(attribute.type);
  if (definition != nullptr && !definition->plain()) return walk(at.offset(), view);
  view_plain(attribute, definition, view);
  return true;
}

/// The first one from an attribute on.
bool ReceivedAttributes::walk(size_t offset, AttributeView& view) {
  AttributeRange range(attributes_);
  for (auto at = range.at(offset); at != range.end(); ++at) {
    Attribute attribute = *at;
    if (view_at(attribute, Place(attribute.offset), view)) return true;
  }
  return false;
}

/// False where nothing stands on its own: in a later part of a value, which its first part shows.
bool ReceivedAttributes::view_at(const Attribute& attribute, Place place, AttributeView& view) {
  const AttributeDefinition* definition = root_->child(attribute.type);
  if (definition != nullptr && !definition->plain()) return view_special(attribute, *definition, place, view);
  view_plain(attribute, definition, view);
  return true;
}

bool ReceivedAttributes::find(const AttributeDefinition& definition, AttributeView& view) {
  return seek(0, definition, view);
}

bool ReceivedAttributes::find_next(const AttributeDefinition& definition, AttributeView& view) {
  size_t offset = Place::of(view.cursor).offset();
  if (offset >= attributes_.size()) return false;
  auto at = AttributeRange(attributes_).at(offset);
  while (view_next_in(*at, view))
    if (is_found(view, definition)) return true;
  return seek((++at).offset(), definition, view);
}

/// The first valid one of a definition, from an attribute on.
bool ReceivedAttributes::seek(size_t offset, const AttributeDefinition& definition, AttributeView& view) {
  uint32_t type = definition.top().number;
  AttributeRange range(attributes_);
  for (auto at = range.at(offset); at != range.end(); ++at) {
    Attribute attribute = *at;
    if (attribute.type != type) continue;
    for (bool there = view_at(attribute, Place(attribute.offset), view); there; there = view_next_in(attribute, view))
      if (is_found(view, definition)) return true;
  }
  return false;
}

bool ReceivedAttributes::next_child(const AttributeView& parent, AttributeView& child) {
  if (!next_tlv(parent.definition, parent.value, child)) return false;
  child.top = parent.top;
  child.in_evs = parent.in_evs;
  // What is hidden in a TLV is known by where it lies, and told from cursors by the top bit.
  if (!child.hidden() || !key_) return true;
  child.invalid = false;
  Octets value = child.value;
  reveal_value(*child.definition, reinterpret_cast<uintptr_t>(value.data()) | uint64_t{1} << 63, child);
  child.invalid = child.invalid || !fits(*child.definition, child.value);
  if (child.invalid) child.value = value;
  return true;
}

Octets ReceivedAttributes::raw(const AttributeView& view) const {
  size_t offset = Place::of(view.cursor).offset();
  if (offset >= attributes_.size()) return {};
  return attributes_.subspan(offset, attributes_[offset + 1]);
}

/// Goes on within the view's attribute: to an array's next value, or to the vendor's next sub-attribute.
bool ReceivedAttributes::view_next_in(const Attribute& attribute, AttributeView& view) {
  Place place = Place::of(view.cursor);
  if (place.is_whole()) return false;
  if (place.more_elements()) return view_at(attribute, place.next_element(), view);
  if (place.sub() == 0) return false;
  Step step = step_from(attribute, place);
  return view_sub_attribute(attribute, step.vendor, Place(attribute.offset, step.next_sub), view);
}

/// How it goes on behind a vendor's sub-attribute.
ReceivedAttributes::Step ReceivedAttributes::step_from(const Attribute& attribute, Place place) const {
  if (step_.cursor == place.first_element().cursor()) return step_;
  const AttributeDefinition* vsa = root_->child(attribute_type::vendor_specific);
  const AttributeDefinition* vendor = vsa == nullptr ? nullptr : vendor_of(attribute, *vsa);
  auto current = take_sub_attribute(attribute.value.subspan(place.sub()), format_of(vendor));
  return {place.cursor(), place.sub() + (current ? current->size : attribute.value.size()), vendor};
}

const AttributeDefinition* ReceivedAttributes::vendor_of(const Attribute& attribute,
                                                         const AttributeDefinition& vsa) const {
  if (Place::of(step_.cursor).offset() == attribute.offset) return step_.vendor;
  return attribute.value.size() < vendor_id_size ? nullptr : vsa.child(get_uint32be(attribute.value));
}

/// Attributes whose values do not lie there as they are.
bool ReceivedAttributes::view_special(const Attribute& attribute, const AttributeDefinition& definition, Place place,
                                      AttributeView& view) {
  if (definition.concat) return view_concat(attribute, definition, view);
  view = {};
  view.type = attribute.type;
  view.top = attribute.type;
  view.cursor = place.cursor();
  switch (definition.type) {
    case DataType::Vsa: return view_vendor_specific(attribute, definition, place, view);
    case DataType::Extended: return view_extended(attribute, definition, view);
    case DataType::LongExtended: return view_long_extended(attribute, definition, view);
    default: view_value(&definition, attribute.value, view); return true;
  }
}

bool ReceivedAttributes::view_vendor_specific(const Attribute& attribute, const AttributeDefinition& vsa, Place place,
                                              AttributeView& view) {
  Octets value = attribute.value;
  const AttributeDefinition* vendor = vendor_of(attribute, vsa);
  if (place.sub() != 0) return view_sub_attribute(attribute, vendor, place, view);
  VendorFormat format = format_of(vendor);
  if (format.continuation) split_values_.index(attributes_, *root_);
  // RFC 2865 §5.26, RFC 8044 §3.14: content that is not type, length and value stays opaque.
  bool opaque = value.size() < vendor_id_size || !sub_attributes_fill(value.subspan(vendor_id_size), format) ||
                (format.continuation && split_values_.breaks(attribute.offset));
  if (!opaque) return view_sub_attribute(attribute, vendor, Place(attribute.offset, vendor_id_size), view);
  view_invalid(vsa, value, view);
  return true;
}

/// The vendor's sub-attribute at a place, or the next one in the attribute that shows a value.
bool ReceivedAttributes::view_sub_attribute(const Attribute& attribute, const AttributeDefinition* vendor, Place place,
                                            AttributeView& view) {
  VendorFormat format = format_of(vendor);
  while (place.sub() < attribute.value.size()) {
    auto content = take_sub_attribute(attribute.value.subspan(place.sub()), format);
    uint64_t cursor = place.first_element().cursor();
    size_t next = place.sub() + content->size;
    SplitValues::Part* part = format.continuation ? split_values_.at(cursor) : nullptr;
    if (part == nullptr || split_values_.is_first(*part)) {
      step_ = {cursor, next, vendor};
      view = {};
      view.top = attribute.type;
      view.cursor = place.cursor();
      view.vendor = get_uint32be(attribute.value);
      view.type = content->type;
      view_value(vendor == nullptr ? nullptr : vendor->child(content->type),
                 part == nullptr ? content->value : split_values_.join(*part), view);
      return true;
    }
    place = Place(attribute.offset, next);
  }
  return false;
}

bool ReceivedAttributes::view_extended(const Attribute& attribute, const AttributeDefinition& container,
                                       AttributeView& view) {
  // RFC 6929 §2.1: a Length of 2 or 3 is an invalid attribute.
  if (attribute.value.size() < 2) {
    view_invalid(container, attribute.value, view);
    return true;
  }
  view.type = attribute.value[0];
  const AttributeDefinition* definition = container.child(view.type);
  if (definition != nullptr && definition->type == DataType::Evs) {
    view_evs(*definition, attribute.value, attribute.value.subspan(1), view);
  } else {
    view_value(definition, attribute.value.subspan(1), view);
  }
  return true;
}

/// RFC 6929 §2.2: parts are joined before the value is interpreted.
bool ReceivedAttributes::view_long_extended(const Attribute& attribute, const AttributeDefinition& container,
                                            AttributeView& view) {
  split_values_.index(attributes_, *root_);
  Octets value = attribute.value;
  SplitValues::Part* part = split_values_.at(Place(attribute.offset).cursor());
  bool broken = part != nullptr ? split_values_.is_broken(*part) : !is_fragment(value);
  if (broken) {
    view_invalid(container, value, view);
    return true;
  }
  if (part != nullptr && !split_values_.is_first(*part)) return false;
  Octets data = part != nullptr ? split_values_.join(*part) : value.subspan(fragment_header_size);
  view.type = value[0];
  const AttributeDefinition* definition = container.child(view.type);
  if (definition != nullptr && definition->type == DataType::Evs) view_evs(*definition, value, data, view);
  else view_value(definition, data, view);
  return true;
}

/// An attribute whose container cannot be taken apart shows whole (RFC 6929 §2.8).
void ReceivedAttributes::view_invalid(const AttributeDefinition& container, Octets value, AttributeView& view) {
  view.definition = &container;
  view.value = value;
  view.invalid = true;
}

void ReceivedAttributes::view_evs(const AttributeDefinition& evs, Octets whole, Octets value, AttributeView& view) {
  // RFC 6929 §2.4: Vendor-Id, Vendor-Type, then the value, of at least one octet.
  if (value.size() <= vendor_id_size + 1) return view_invalid(evs, whole, view);
  view.in_evs = true;
  view.vendor = get_uint32be(value);
  view.type = value[vendor_id_size];
  const AttributeDefinition* vendor = evs.child(view.vendor);
  view_value(vendor == nullptr ? nullptr : vendor->child(view.type), value.subspan(vendor_id_size + 1), view);
}

bool ReceivedAttributes::view_concat(const Attribute& attribute, const AttributeDefinition& definition,
                                     AttributeView& view) {
  const Joined* joined = nullptr;
  for (const Joined& known : joined_)
    if (known.definition == &definition) joined = &known;
  if (joined == nullptr) joined = &join_parts(definition);
  // RFC 8044 §3.6: the parts are one value, which the first of them shows.
  if (joined->cursor != Place(attribute.offset).cursor()) return false;
  view_plain(attribute, &definition, view);
  view.value = joined->value;
  view.invalid = joined->invalid;
  return true;
}

/// Joins all parts of the packet, wherever somebody began to look.
const ReceivedAttributes::Joined& ReceivedAttributes::join_parts(const AttributeDefinition& definition) {
  size_t start = buffer_used_;
  std::optional<size_t> first;
  bool fits = true;
  for (Attribute part : AttributeRange(attributes_)) {
    if (part.type != definition.number) continue;
    if (!first) first = part.offset;
    fits = fits && append_to_buffer(part.value);
  }
  Octets joined = Octets(buffer_).subspan(start, buffer_used_ - start);
  return joined_.emplace_back(Joined{&definition, Place(first.value_or(0)).cursor(), joined, !fits});
}

/// Takes off the tag, reveals, and judges a value whose attribute is at the view's cursor.
void ReceivedAttributes::view_value(const AttributeDefinition* definition, Octets value, AttributeView& view) {
  view.definition = definition;
  view.value = value;
  if (definition == nullptr) return;
  if (definition->plain()) {
    view.invalid = !is_valid(definition->type, value);
    return;
  }
  if (definition->tagged && !value.empty()) {
    // RFC 2868 §3.1: an integer's first octet is always the tag; §3.3: a string's is one up to 0x1f, else data.
    bool always = definition->tagged_integer() || definition->hiding == Hiding::TunnelPassword;
    if (always || value[0] <= tag_max) {
      if (value[0] != 0 && value[0] <= tag_max) view.tag = value[0];
      view.value = value.subspan(1);
    }
  }
  if (definition->array && view_element(*definition, view)) return;
  if (definition->hidden() && key_) reveal_value(*definition, view.cursor, view);
  view.invalid = view.invalid || !fits(*definition, view.value);
  if (view.invalid) {
    view.value = value;
    view.tag = AttributeView::no_tag;
  }
}

/// One of several values of a fixed size; false where there is one alone, or something else.
bool ReceivedAttributes::view_element(const AttributeDefinition& definition, AttributeView& view) {
  size_t size = fixed_size(definition.type);
  if (size == 0 || view.value.size() <= size || view.value.size() % size != 0) return false;
  Place place = Place::of(view.cursor);
  size_t elements = view.value.size() / size;
  if (place.element() >= elements) return false;
  if (place.element() + 1 < elements) view.cursor = place.with_more_elements().cursor();
  view.value = view.value.subspan(place.element() * size, size);
  view.invalid = !is_valid(definition.type, view.value);
  return true;
}

/// `identity` tells this value from the packet's other hidden ones.
void ReceivedAttributes::reveal_value(const AttributeDefinition& definition, uint64_t identity, AttributeView& view) {
  // A size that cannot be is not worth remembering: a packet may be full of them.
  if (view.value.size() < least_hidden_size) {
    view.invalid = true;
    return;
  }
  auto known = std::lower_bound(revealed_.begin(), revealed_.end(), identity,
                                [](const Revealed& one, uint64_t wanted) { return one.identity < wanted; });
  if (known == revealed_.end() || known->identity != identity) {
    size_t size = view.value.size();
    MutableOctets clear = take_buffer(size);
    auto length = clear.size() == size ? reveal(definition.hiding, view.value, clear, *key_) : std::nullopt;
    Octets shown = length ? Octets(clear).first(*length) : view.value;
    known = revealed_.insert(known, Revealed{identity, definition.hiding, view.value, shown, !length});
  }
  view.value = known->value;
  view.invalid = known->invalid;
}

void ReceivedAttributes::reveal_all() {
  if (!key_) return;
  AttributeView view;
  for (bool there = first(view); there; there = next(view)) reveal_children(view);
}

void ReceivedAttributes::reveal_children(const AttributeView& tlv) {
  if (tlv.definition == nullptr || !tlv.definition->holds_hidden || tlv.invalid) return;
  AttributeView child;
  while (next_child(tlv, child)) reveal_children(child);
}

bool ReceivedAttributes::append_to_buffer(Octets octets) {
  MutableOctets place = take_buffer(octets.size());
  if (place.size() != octets.size()) return false;
  copy_octets(place, octets);
  return true;
}

/// Octets that stay where they are until `end`; none when the buffer is full.
MutableOctets ReceivedAttributes::take_buffer(size_t size) {
  if (buffer_.empty()) buffer_.resize(buffer_size);
  if (size > buffer_.size() - buffer_used_) return {};
  MutableOctets taken = MutableOctets(buffer_).subspan(buffer_used_, size);
  buffer_used_ += size;
  return taken;
}

}  // namespace radhost
