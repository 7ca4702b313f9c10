// SPDX-License-Identifier: Apache-2.0
#include "packet/received_attributes.h"

#include "base/reader.h"
#include "packet/packet.h"
#include "packet/place.h"
#include "packet/sub_attribute.h"

namespace radhost {
namespace {

// Revealed values are no longer than what hides them, joined ones no longer than their parts; a value may be both.
constexpr size_t buffer_size = 2 * Packet::maximum_size;
constexpr size_t made_reserved = 16;
constexpr size_t vendor_id_size = 4;
constexpr uint8_t tag_max = 0x1f;
constexpr size_t least_hidden_size = 16;  // one block

/// Does a value without tag, revealed, fit its definition?
bool fits(const AttributeDefinition& definition, Octets value) {
  if (definition.tagged_integer()) return value.size() == 3;
  if (definition.exact_size != 0) return value.size() == definition.exact_size;
  return is_valid(definition.type, value) && (definition.type != DataType::Tlv || tlvs_fill(value));
}

}  // namespace

ReceivedAttributes::ReceivedAttributes() { made_.reserve(made_reserved); }

void ReceivedAttributes::begin(Octets attributes, const AttributeDefinition& root, const HidingKey* key) {
  end();
  attributes_ = attributes;
  root_ = &root;
  if (key != nullptr) key_.emplace(*key);
}

void ReceivedAttributes::end() {
  wipe(MutableOctets(buffer_).first(buffer_used_));
  buffer_used_ = 0;
  made_.clear();
  split_values_.clear();
  key_.reset();
  attributes_ = {};
}

bool ReceivedAttributes::first(AttributeView& view) { return seek(0, nullptr, view); }

bool ReceivedAttributes::next(AttributeView& view) { return seek_behind(nullptr, view); }

bool ReceivedAttributes::find(const AttributeDefinition& definition, AttributeView& view) {
  return seek(0, &definition, view);
}

bool ReceivedAttributes::find_next(const AttributeDefinition& definition, AttributeView& view) {
  return seek_behind(&definition, view);
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
  size_t offset = Place::of(view.cursor).offset;
  if (offset >= attributes_.size()) return {};
  return attributes_.subspan(offset, attributes_[offset + 1]);
}

namespace {

bool is_wanted(const AttributeView& view, const AttributeDefinition* wanted) {
  return wanted == nullptr || (view.definition == wanted && !view.invalid);
}

}  // namespace

/// The first wanted one from the attribute at an offset on.
bool ReceivedAttributes::seek(size_t offset, const AttributeDefinition* wanted, AttributeView& view) {
  AttributeRange range(attributes_);
  uint32_t wanted_type = wanted == nullptr ? 0 : wanted->top().number;
  for (auto at = range.at(offset); at != range.end(); ++at) {
    Attribute attribute = *at;
    if (wanted != nullptr && attribute.type != wanted_type) continue;
    for (bool there = view_at(attribute, Place{attribute.offset}, view); there; there = view_next_in(attribute, view))
      if (is_wanted(view, wanted)) return true;
  }
  return false;
}

/// The first wanted one behind a view.
bool ReceivedAttributes::seek_behind(const AttributeDefinition* wanted, AttributeView& view) {
  size_t offset = Place::of(view.cursor).offset;
  if (offset >= attributes_.size()) return false;
  auto at = AttributeRange(attributes_).at(offset);
  while (view_next_in(*at, view))
    if (is_wanted(view, wanted)) return true;
  return seek((++at).offset(), wanted, view);
}

/// Goes on within the view's attribute: to an array's next value, or to the vendor's next sub-attribute.
bool ReceivedAttributes::view_next_in(const Attribute& attribute, AttributeView& view) {
  Place place = Place::of(view.cursor);
  if (place.more_elements) return view_at(attribute, {place.offset, place.sub, place.element + 1}, view);
  if (place.sub == 0) return false;
  const AttributeDefinition* vsa = root_->child(attribute_type::vendor_specific);
  const AttributeDefinition* vendor = vsa == nullptr ? nullptr : vsa->child(get_uint32be(attribute.value));
  auto current =
      take_sub_attribute(attribute.value.subspan(place.sub), vendor == nullptr ? VendorFormat{} : vendor->format);
  size_t next = place.sub + (current ? current->size : attribute.value.size());
  return next < attribute.value.size() && view_at(attribute, {place.offset, next}, view);
}

/// False where nothing stands on its own: in a later part of a value, which its first part shows.
bool ReceivedAttributes::view_at(const Attribute& attribute, Place place, AttributeView& view) {
  const AttributeDefinition* definition = root_->child(attribute.type);
  view = {};
  view.type = attribute.type;
  view.top = attribute.type;
  view.cursor = place.cursor();
  if (definition == nullptr) {
    view.value = attribute.value;
    return true;
  }
  switch (definition->type) {
    case DataType::Vsa: return view_vendor_specific(attribute, *definition, place, view);
    case DataType::Extended: return view_extended(attribute, *definition, view);
    case DataType::LongExtended: return view_long_extended(attribute, *definition, view);
    default:
      if (definition->concat) return view_concat(*definition, view);
      view_value(definition, attribute.value, view);
      return true;
  }
}

bool ReceivedAttributes::view_vendor_specific(const Attribute& attribute, const AttributeDefinition& vsa, Place place,
                                              AttributeView& view) {
  Octets value = attribute.value;
  const AttributeDefinition* vendor = value.size() < vendor_id_size ? nullptr : vsa.child(get_uint32be(value));
  VendorFormat format = vendor == nullptr ? VendorFormat{} : vendor->format;
  if (format.continuation) split_values_.index(attributes_, *root_);
  if (place.sub == 0) {
    // RFC 2865 §5.26, RFC 8044 §3.14: content that is not type, length and value stays opaque.
    bool opaque = value.size() < vendor_id_size || !sub_attributes_fill(value.subspan(vendor_id_size), format) ||
                  (format.continuation && split_values_.breaks(attribute.offset));
    if (opaque) {
      view_invalid(vsa, value, view);
      return true;
    }
    place.sub = vendor_id_size;
  }
  while (place.sub < value.size()) {
    auto content = take_sub_attribute(value.subspan(place.sub), format);
    view.cursor = place.cursor();
    SplitValues::Part* part = format.continuation ? split_values_.at(Place{place.offset, place.sub}.cursor()) : nullptr;
    if (part == nullptr || split_values_.is_first(*part)) {
      view.vendor = get_uint32be(value);
      view.type = content->type;
      view_value(vendor == nullptr ? nullptr : vendor->child(content->type),
                 part == nullptr ? content->value : split_values_.join(*part), view);
      return true;
    }
    place = {place.offset, place.sub + content->size};
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
  SplitValues::Part* part = split_values_.at(Place{attribute.offset}.cursor());
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

bool ReceivedAttributes::view_concat(const AttributeDefinition& definition, AttributeView& view) {
  const Made* made = nullptr;
  for (const Made& known : made_)
    if (known.definition == &definition) made = &known;
  if (made == nullptr) made = &join_parts(definition);
  // RFC 8044 §3.6: the parts are one value, which the first of them shows.
  if (made->identity != view.cursor) return false;
  view.definition = &definition;
  view.value = made->value;
  view.invalid = made->invalid;
  return true;
}

/// Joins all parts of the packet, wherever somebody began to look.
const ReceivedAttributes::Made& ReceivedAttributes::join_parts(const AttributeDefinition& definition) {
  size_t start = buffer_used_;
  std::optional<size_t> first;
  bool fits = true;
  for (Attribute part : AttributeRange(attributes_)) {
    if (part.type != definition.number) continue;
    if (!first) first = part.offset;
    fits = fits && append_to_buffer(part.value);
  }
  Octets joined = Octets(buffer_).subspan(start, buffer_used_ - start);
  return made_.emplace_back(Made{Place{first.value_or(0)}.cursor(), &definition, joined, !fits});
}

/// Takes off the tag, reveals, and judges a value whose attribute is at the view's cursor.
void ReceivedAttributes::view_value(const AttributeDefinition* definition, Octets value, AttributeView& view) {
  view.definition = definition;
  view.value = value;
  if (definition == nullptr) return;

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
  if (place.element >= elements) return false;
  place.more_elements = place.element + 1 < elements;
  view.cursor = place.cursor();
  view.value = view.value.subspan(place.element * size, size);
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
  const Made* made = find_revealed(identity);
  if (made == nullptr) {
    size_t size = view.value.size();
    MutableOctets clear = take_buffer(size);
    auto length = clear.size() == size ? reveal(definition.hiding, view.value, clear, *key_) : std::nullopt;
    Octets shown = length ? Octets(clear).first(*length) : view.value;
    made = &made_.emplace_back(Made{identity, nullptr, shown, !length});
  }
  view.value = made->value;
  view.invalid = made->invalid;
}

const ReceivedAttributes::Made* ReceivedAttributes::find_revealed(uint64_t identity) const {
  for (const Made& made : made_)
    if (made.identity == identity && made.definition == nullptr) return &made;
  return nullptr;
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
