// SPDX-License-Identifier: Apache-2.0
#include "packet/split_values.h"

#include <algorithm>

#include "base/reader.h"
#include "packet/packet.h"
#include "packet/place.h"

namespace radhost {
namespace {

constexpr size_t none = ~size_t{0};
constexpr uint8_t more_flag = 0x80;
constexpr size_t vendor_id_size = 4;

bool has_more(Octets fragment) { return (fragment[1] & more_flag) != 0; }

bool stands_before(const SplitValues::Part& part, uint64_t cursor) { return part.cursor < cursor; }

}  // namespace

bool is_fragment(Octets value) {
  return value.size() > fragment_header_size && (!has_more(value) || value.size() == Attribute::value_max);
}

void SplitValues::clear() {
  wipe_ended(MutableOctets(buffer_).first(buffer_used_));
  buffer_used_ = 0;
  parts_.clear();
  open_.clear();
  indexed_ = false;
}

void SplitValues::index(Octets attributes, const AttributeDefinition& root) {
  if (indexed_) return;
  indexed_ = true;
  // The last part of each long-extended value that has not ended, by Type and Extended-Type.
  std::array<std::array<size_t, 256>, 2> last_parts;
  for (auto& of_type : last_parts) of_type.fill(none);
  for (Attribute attribute : AttributeRange(attributes)) {
    const AttributeDefinition* container = root.child(attribute.type);
    if (container == nullptr) continue;
    if (container->type == DataType::LongExtended) index_fragment(attribute, last_parts);
    else if (container->type == DataType::Vsa) index_sub_attributes(attribute, *container);
  }
  for (auto& of_type : last_parts)
    for (size_t last : of_type)
      if (last != none) parts_[parts_[last].first].broken = true;
  for (const Open& open : open_) parts_[open.first].broken = true;
}

/// RFC 6929 §2.2: parts of one value have one Type and Extended-Type; attributes of others may stand in between.
void SplitValues::index_fragment(const Attribute& attribute, std::array<std::array<size_t, 256>, 2>& last_parts) {
  Octets value = attribute.value;
  if (value.size() <= fragment_header_size) return;
  size_t& last = last_parts[attribute.type & 1][value[0]];
  bool wellformed = is_fragment(value);
  bool begins = has_more(value) && wellformed;
  if (last == none && !begins) return;
  last = add_part(Place(attribute.offset).cursor(), last, value.subspan(fragment_header_size));
  if (!wellformed) parts_[parts_[last].first].broken = true;
  if (!has_more(value)) last = none;
}

void SplitValues::index_sub_attributes(const Attribute& attribute, const AttributeDefinition& vsa) {
  if (attribute.value.size() < vendor_id_size) return;
  const AttributeDefinition* vendor = vsa.child(get_uint32be(attribute.value));
  if (vendor == nullptr || !vendor->format.continuation) return;
  Octets rest = attribute.value.subspan(vendor_id_size);
  if (!sub_attributes_fill(rest, vendor->format)) return;
  while (!rest.empty()) {
    auto sub = take_sub_attribute(rest, vendor->format);
    index_sub_attribute(*vendor, *sub, Place(attribute.offset, attribute.value.size() - rest.size()).cursor());
    rest = rest.subspan(sub->size);
  }
}

/// A vendor's value goes on in that vendor's next sub-attribute, which has its type.
void SplitValues::index_sub_attribute(const AttributeDefinition& vendor, const SubAttribute& sub, uint64_t cursor) {
  auto open = std::find_if(open_.begin(), open_.end(), [&](const Open& known) { return known.space == &vendor; });
  if (open != open_.end() && open->type != sub.type) {
    parts_[open->first].broken = true;
    open_.erase(open);
    open = open_.end();
  }
  if (open != open_.end()) {
    open->last = add_part(cursor, open->last, sub.value);
    if (!sub.more) open_.erase(open);
  } else if (sub.more) {
    size_t first = add_part(cursor, none, sub.value);
    open_.push_back({&vendor, first, first, sub.type});
  }
}

/// Adds a part behind another one of its value, or as the first; its number.
size_t SplitValues::add_part(uint64_t cursor, size_t previous, Octets octets) {
  size_t number = parts_.size();
  size_t first = previous == none ? number : parts_[previous].first;
  if (previous != none) parts_[previous].next = number;
  parts_.push_back({cursor, first, 0, octets, {}, false});
  return number;
}

SplitValues::Part* SplitValues::at(uint64_t cursor) {
  auto found = std::lower_bound(parts_.begin(), parts_.end(), cursor, stands_before);
  return found != parts_.end() && found->cursor == cursor ? &*found : nullptr;
}

bool SplitValues::has_part(size_t offset) const {
  auto part = std::lower_bound(parts_.begin(), parts_.end(), Place(offset).cursor(), stands_before);
  return part != parts_.end() && Place::of(part->cursor).offset() == offset;
}

bool SplitValues::breaks(size_t offset) const {
  auto part = std::lower_bound(parts_.begin(), parts_.end(), Place(offset).cursor(), stands_before);
  for (; part != parts_.end() && Place::of(part->cursor).offset() == offset; ++part)
    if (is_broken(*part)) return true;
  return false;
}

Octets SplitValues::join(Part& first) {
  if (!first.joined.empty()) return first.joined;
  // Together they are no longer than the packet.
  if (buffer_.empty()) buffer_.resize(Packet::maximum_size);
  size_t begin = buffer_used_;
  const Part* part = &first;
  while (true) {
    copy_octets(MutableOctets(buffer_).subspan(buffer_used_), part->octets);
    buffer_used_ += part->octets.size();
    if (part->next == 0) break;
    part = &parts_[part->next];
  }
  return first.joined = Octets(buffer_).subspan(begin, buffer_used_ - begin);
}

const uint8_t* SplitValues::origin(const uint8_t* octet) const {
  for (const Part& first : parts_) {
    bool is_here = !first.joined.empty() && octet >= &first.joined.front() && octet <= &first.joined.back();
    if (!is_here) continue;
    auto offset = static_cast<size_t>(octet - first.joined.data());
    const Part* part = &first;
    for (; offset >= part->octets.size(); part = &parts_[part->next]) offset -= part->octets.size();
    return &part->octets[offset];
  }
  return nullptr;
}

}  // namespace radhost
