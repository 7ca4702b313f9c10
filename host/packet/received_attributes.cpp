// SPDX-License-Identifier: Apache-2.0
#include "packet/received_attributes.h"

#include <algorithm>

#include "base/reader.h"
#include "packet/packet.h"

namespace radhost {
namespace {

// Revealed values are no longer than what hides them, joined ones no longer than their parts; a value may be both.
constexpr size_t buffer_size = 2 * Packet::maximum_size;
constexpr size_t made_reserved = 16;
constexpr size_t vendor_id_size = 4;
constexpr uint8_t tag_max = 0x1f;
constexpr size_t least_hidden_size = 16;  // one block

// A cursor is the offset of the attribute, and that of a vendor's sub-attribute within its value.
uint64_t cursor_of(size_t offset, size_t sub) { return uint64_t{offset} << 16 | sub; }
size_t offset_of(uint64_t cursor) { return static_cast<size_t>(cursor >> 16); }
size_t sub_of(uint64_t cursor) { return static_cast<size_t>(cursor & 0xffff); }

/// A vendor's sub-attribute at the front of octets; nothing when it is not well-formed.
struct SubAttribute {
  uint32_t type;
  Octets value;
  size_t size;
};
std::optional<SubAttribute> take_sub_attribute(Octets octets, const VendorFormat& format) {
  Reader reader(octets);
  auto type = static_cast<uint32_t>(reader.take_uint(format.type_octets));
  size_t size = format.length_octets == 0 ? octets.size() : reader.take_uint(format.length_octets);
  if (format.continuation) reader.take_uint8();
  if (!reader.ok() || size < format.header_size() || size > octets.size()) return std::nullopt;
  return SubAttribute{type, octets.subspan(format.header_size(), size - format.header_size()), size};
}

// A fragment of Long-Extended-Type (RFC 6929 §2.2): Extended-Type, flags, at least one octet; More only in full ones.
constexpr size_t fragment_header_size = 2;
constexpr uint8_t more_flag = 0x80;

bool has_more(Octets fragment) { return (fragment[1] & more_flag) != 0; }
bool is_fragment(Octets value) {
  return value.size() > fragment_header_size && (!has_more(value) || value.size() == Attribute::value_max);
}

bool sub_attributes_fill(Octets octets, const VendorFormat& format) {
  if (octets.empty()) return false;  // RFC 2865 §5.26: at least one octet
  while (!octets.empty()) {
    auto sub = take_sub_attribute(octets, format);
    if (!sub) return false;
    octets = octets.subspan(sub->size);
  }
  return true;
}

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
  fragments_.clear();
  fragments_indexed_ = false;
  key_.reset();
  attributes_ = {};
}

bool ReceivedAttributes::first(AttributeView& view) { return seek(0, nullptr, view); }

bool ReceivedAttributes::next(AttributeView& view) {
  size_t offset = offset_of(view.cursor);
  if (offset >= attributes_.size()) return false;
  auto at = AttributeRange(attributes_).at(offset);
  if (size_t sub = next_sub(view); sub != 0 && view_at(*at, sub, view)) return true;
  return seek((++at).offset(), nullptr, view);
}

bool ReceivedAttributes::find(const AttributeDefinition& definition, AttributeView& view) {
  return seek(0, &definition, view);
}

bool ReceivedAttributes::find_next(const AttributeDefinition& definition, AttributeView& view) {
  while (next(view))
    if (view.definition == &definition && !view.invalid) return true;
  return false;
}

Octets ReceivedAttributes::raw(const AttributeView& view) const {
  size_t offset = offset_of(view.cursor);
  if (offset >= attributes_.size()) return {};
  return attributes_.subspan(offset, attributes_[offset + 1]);
}

bool ReceivedAttributes::seek(size_t offset, const AttributeDefinition* wanted, AttributeView& view) {
  AttributeRange range(attributes_);
  for (auto at = range.at(offset); at != range.end(); ++at) {
    Attribute attribute = *at;
    if (wanted != nullptr && attribute.type != wanted->top().number) continue;
    if (!view_at(attribute, 0, view)) continue;
    if (wanted == nullptr || (view.definition == wanted && !view.invalid)) return true;
    for (size_t sub = next_sub(view); sub != 0 && view_at(attribute, sub, view); sub = next_sub(view))
      if (view.definition == wanted && !view.invalid) return true;
  }
  return false;
}

/// The offset of the vendor's sub-attribute after the view's, within the attribute's value; 0 when it is the last.
size_t ReceivedAttributes::next_sub(const AttributeView& view) const {
  size_t sub = sub_of(view.cursor);
  if (sub == 0) return 0;
  Octets value = (*AttributeRange(attributes_).at(offset_of(view.cursor))).value;
  const AttributeDefinition* vsa = root_->child(attribute_type::vendor_specific);
  const AttributeDefinition* vendor = vsa == nullptr ? nullptr : vsa->child(get_uint32be(value));
  auto current = take_sub_attribute(value.subspan(sub), vendor == nullptr ? VendorFormat{} : vendor->format);
  size_t next = sub + (current ? current->size : value.size());
  return next < value.size() ? next : 0;
}

bool ReceivedAttributes::view_at(const Attribute& attribute, size_t sub, AttributeView& view) {
  const AttributeDefinition* definition = root_->child(attribute.type);
  view = {};
  view.type = attribute.type;
  view.top = attribute.type;
  view.cursor = cursor_of(attribute.offset, sub);
  if (definition == nullptr) {
    view.value = attribute.value;
    return true;
  }
  switch (definition->type) {
    case DataType::Vsa: return view_vendor_specific(attribute, *definition, sub, view);
    case DataType::Extended: return view_extended(attribute, *definition, view);
    case DataType::LongExtended: return view_long_extended(attribute, *definition, view);
    default:
      if (definition->concat) return view_concat(*definition, view);
      view_value(definition, attribute.value, view);
      return true;
  }
}

bool ReceivedAttributes::view_vendor_specific(const Attribute& attribute, const AttributeDefinition& vsa, size_t sub,
                                              AttributeView& view) {
  Octets value = attribute.value;
  const AttributeDefinition* vendor = value.size() < vendor_id_size ? nullptr : vsa.child(get_uint32be(value));
  VendorFormat format = vendor == nullptr ? VendorFormat{} : vendor->format;
  if (sub == 0) {
    // RFC 2865 §5.26, RFC 8044 §3.14: content that is not type, length and value stays opaque.
    if (value.size() < vendor_id_size || !sub_attributes_fill(value.subspan(vendor_id_size), format)) {
      view.definition = &vsa;
      view.value = value;
      view.invalid = true;
      return true;
    }
    sub = vendor_id_size;
  }
  auto content = take_sub_attribute(value.subspan(sub), format);
  view.cursor = cursor_of(attribute.offset, sub);
  view.vendor = get_uint32be(value);
  view.type = content->type;
  view_value(vendor == nullptr ? nullptr : vendor->child(content->type), content->value, view);
  return true;
}

bool ReceivedAttributes::view_extended(const Attribute& attribute, const AttributeDefinition& container,
                                       AttributeView& view) {
  // RFC 6929 §2.1: a Length of 2 or 3 is an invalid attribute.
  if (attribute.value.size() < 2) {
    view.definition = &container;
    view.value = attribute.value;
    view.invalid = true;
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

bool ReceivedAttributes::view_long_extended(const Attribute& attribute, const AttributeDefinition& container,
                                            AttributeView& view) {
  if (!fragments_indexed_) index_fragments();
  auto part = std::lower_bound(fragments_.begin(), fragments_.end(), attribute.offset,
                               [](const Fragment& known, size_t offset) { return known.offset < offset; });
  bool is_part = part != fragments_.end() && part->offset == attribute.offset;
  bool broken = is_part && part->broken;
  if (is_part && !broken && fragments_[part->first].offset != attribute.offset) return false;

  Octets value = attribute.value;
  Octets data;
  if (is_part && !broken) {
    const Made* made = find_made(view.cursor, false);
    if (made == nullptr) made = &join_fragments(part->first, view.cursor);
    if (!made->invalid) data = made->value;
  } else if (!broken && is_fragment(value)) {
    data = value.subspan(fragment_header_size);
  }
  if (data.empty()) {
    view.definition = &container;
    view.value = value;
    view.invalid = true;
    return true;
  }
  view.type = value[0];
  const AttributeDefinition* definition = container.child(view.type);
  if (definition != nullptr && definition->type == DataType::Evs) view_evs(*definition, value, data, view);
  else view_value(definition, data, view);
  return true;
}

/// Looks once at all long-extended attributes, so that what one is does not depend on where somebody began to look:
/// which parts make one value, and which belong to a value that is invalid as a whole (RFC 6929 §2.2).
void ReceivedAttributes::index_fragments() {
  constexpr size_t none = ~size_t{0};
  std::array<std::array<size_t, 256>, 2> open;  // the first fragment of what has not ended, by Type and Extended-Type
  for (auto& of_type : open) of_type.fill(none);
  fragments_indexed_ = true;
  for (Attribute attribute : AttributeRange(attributes_)) {
    const AttributeDefinition* container = root_->child(attribute.type);
    bool is_long_extended = container != nullptr && container->type == DataType::LongExtended;
    if (!is_long_extended || attribute.value.size() <= fragment_header_size) continue;
    size_t& first = open[attribute.type & 1][attribute.value[0]];
    bool wellformed = is_fragment(attribute.value);
    bool more = has_more(attribute.value);
    if (first == none && !(more && wellformed)) continue;
    if (first == none) first = fragments_.size();
    fragments_.push_back({attribute.offset, first, false});
    if (!wellformed) fragments_[first].broken = true;
    if (!more) first = none;
  }
  for (auto& of_type : open)
    for (size_t first : of_type)
      if (first != none) fragments_[first].broken = true;
  for (Fragment& fragment : fragments_) fragment.broken = fragments_[fragment.first].broken;
}

/// RFC 6929 §2.2: joins a value's fragments before it is interpreted; attributes of other types may stand in between.
const ReceivedAttributes::Made& ReceivedAttributes::join_fragments(size_t first, uint64_t cursor) {
  size_t start = buffer_used_;
  bool fits = true;
  for (const Fragment& fragment : fragments_) {
    if (fragment.first != first) continue;
    Octets value = (*AttributeRange(attributes_).at(fragment.offset)).value;
    fits = fits && append_to_buffer(value.subspan(fragment_header_size));
  }
  Octets joined = Octets(buffer_).subspan(start, buffer_used_ - start);
  return made_.emplace_back(Made{cursor, nullptr, joined, !fits, false});
}

void ReceivedAttributes::view_evs(const AttributeDefinition& evs, Octets whole, Octets value, AttributeView& view) {
  // RFC 6929 §2.4: Vendor-Id, Vendor-Type, then the value, of at least one octet.
  if (value.size() <= vendor_id_size + 1) {
    view.definition = &evs;
    view.value = whole;
    view.invalid = true;
    return;
  }
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
  if (made->cursor != view.cursor) return false;
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
  return made_.emplace_back(Made{cursor_of(first.value_or(0), 0), &definition, joined, !fits, false});
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
  if (definition->sensitive() && key_) reveal_value(*definition, view);
  view.invalid = view.invalid || !fits(*definition, view.value);
  if (view.invalid) {
    view.value = value;
    view.tag = AttributeView::no_tag;
  }
}

void ReceivedAttributes::reveal_value(const AttributeDefinition& definition, AttributeView& view) {
  // A size that cannot be is not worth remembering: a packet may be full of them.
  if (view.value.size() < least_hidden_size) {
    view.invalid = true;
    return;
  }
  const Made* made = find_made(view.cursor, true);
  if (made == nullptr) {
    size_t size = view.value.size();
    MutableOctets clear = take_buffer(size);
    auto length = clear.size() == size ? reveal(definition.hiding, view.value, clear, *key_) : std::nullopt;
    Octets shown = length ? Octets(clear).first(*length) : view.value;
    made = &made_.emplace_back(Made{view.cursor, nullptr, shown, !length, true});
  }
  view.value = made->value;
  view.invalid = made->invalid;
}

const ReceivedAttributes::Made* ReceivedAttributes::find_made(uint64_t cursor, bool revealed) const {
  for (const Made& made : made_)
    if (made.cursor == cursor && made.revealed == revealed) return &made;
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
