// SPDX-License-Identifier: Apache-2.0
#include "packet/attribute_list.h"

#include <cstring>

#include "base/writer.h"

namespace radhost {
namespace {

constexpr size_t tlv_value_max = 253;
constexpr size_t tagged_integer_size = 3;
constexpr uint8_t tag_max = 0x1f;

bool is_tlv(const AttributeDefinition& definition) { return definition.type == DataType::Tlv; }

}  // namespace

AttributeList::Outcome AttributeList::add(const AttributeDefinition& definition, Octets value, int tag) {
  if (is_container(definition.type)) return ListError::Type;
  if (definition.tagged_integer()) {
    if (value.size() == 4 && value[0] == 0) value = value.subspan(1);
    if (value.size() != tagged_integer_size) return ListError::Range;
  } else if (definition.exact_size != 0 ? value.size() != definition.exact_size : !is_valid(definition.type, value)) {
    return ListError::Range;
  }
  if (is_tlv(definition) && !tlvs_fill(value)) return ListError::Range;
  // RFC 2868 §3.3: without a tag, a first octet that looks like one needs a zero tag in front of it.
  bool looks_tagged = definition.tagged && !definition.hidden() && !value.empty() && value[0] <= tag_max;
  size_t tag_size = tag != AttributeView::no_tag || looks_tagged || definition.tagged_integer() ? 1 : 0;
  auto hidden = hidden_size(definition.hiding, value.size());
  if (!definition.internal && (!hidden || *hidden + tag_size > definition.wire_room())) return ListError::Range;
  if (tag != AttributeView::no_tag && (!definition.tagged || tag < 0 || tag > 31)) return ListError::Range;
  if (!groups_.empty() && is_tlv(*groups_.back().definition)) return add_to_group(definition, value, tag);
  if (!has_room(value.size())) return ListError::Limit;

  bool in_vendor_group = !groups_.empty();
  if (in_vendor_group && definition.parent != groups_.back().definition) return ListError::Type;
  items_.push_back({&definition, static_cast<uint32_t>(octets_.size()), static_cast<uint32_t>(value.size()),
                    static_cast<int16_t>(tag), in_vendor_group ? vendor_groups_ : 0});
  octets_.insert(octets_.end(), value.begin(), value.end());
  return std::nullopt;
}

AttributeList::Outcome AttributeList::add_integer(const AttributeDefinition& definition, uint64_t value, int tag) {
  size_t size = fixed_size(definition.type);
  bool is_number = is_integer(definition.type) || definition.type == DataType::Time;
  if (!is_number) return ListError::Type;
  if (definition.tagged_integer()) size = tagged_integer_size;
  if (size < 8 && value >> (size * 8) != 0) return ListError::Range;
  std::array<uint8_t, 8> octets;
  MutableOctets number = MutableOctets(octets).first(size);
  put_uint_be(number, value);
  return add(definition, number, tag);
}

/// Within a TLV group: the TLV's own header and value go behind the group's (RFC 6929 §2.3).
AttributeList::Outcome AttributeList::add_to_group(const AttributeDefinition& definition, Octets value, int tag) {
  if (tag != AttributeView::no_tag) return ListError::Type;  // a TLV has none of its own
  if (definition.parent != groups_.back().definition) return ListError::Type;
  auto hidden = hidden_size(definition.hiding, value.size());
  if (!hidden || *hidden == 0 || *hidden > tlv_value_max) return ListError::Range;
  if (value.size() + tlv_header_size > octets_max - octets_.size()) return ListError::Limit;
  octets_.push_back(static_cast<uint8_t>(definition.number));
  octets_.push_back(static_cast<uint8_t>(value.size() + tlv_header_size));
  octets_.insert(octets_.end(), value.begin(), value.end());
  return std::nullopt;
}

AttributeList::Outcome AttributeList::begin_group(const AttributeDefinition& definition) {
  bool nested = !groups_.empty();
  if (nested && definition.parent != groups_.back().definition) return ListError::Type;
  if (definition.type == DataType::Vendor) {
    if (nested) return ListError::Type;
    ++vendor_groups_;
    groups_.push_back({&definition, 0, 0});
    return std::nullopt;
  }
  if (!is_tlv(definition)) return ListError::Type;
  if (!has_room(tlv_header_size)) return ListError::Limit;
  if (nested && is_tlv(*groups_.back().definition)) {
    groups_.push_back({&definition, groups_.back().item, octets_.size()});
    octets_.push_back(static_cast<uint8_t>(definition.number));
    octets_.push_back(0);
    return std::nullopt;
  }
  items_.push_back(
      {&definition, static_cast<uint32_t>(octets_.size()), 0, AttributeView::no_tag, nested ? vendor_groups_ : 0});
  groups_.push_back({&definition, items_.size() - 1, 0});
  return std::nullopt;
}

AttributeList::Outcome AttributeList::end_group() {
  if (groups_.empty()) return ListError::State;
  Group group = groups_.back();
  groups_.pop_back();
  if (!is_tlv(*group.definition)) return std::nullopt;

  bool outermost = groups_.empty() || !is_tlv(*groups_.back().definition);
  size_t begin = outermost ? items_[group.item].offset : group.header;
  size_t length = octets_.size() - begin;
  bool empty = length <= (outermost ? 0 : tlv_header_size);
  bool fits = length <= (outermost ? group.definition->wire_room() : tlv_value_max + tlv_header_size);
  if (empty || !fits) {
    octets_.resize(begin);
    if (outermost) items_.resize(group.item);
    return ListError::Range;
  }
  if (outermost) items_[group.item].length = static_cast<uint32_t>(length);
  else octets_[group.header + 1] = static_cast<uint8_t>(length);
  return std::nullopt;
}

bool AttributeList::group_has_room(size_t value_size) const {
  size_t more = value_size + tlv_header_size;
  for (const Group& group : groups_) {
    if (!is_tlv(*group.definition)) continue;
    bool nested = group.header != 0;
    size_t begin = nested ? group.header + tlv_header_size : items_[group.item].offset;
    size_t room = nested ? tlv_value_max : group.definition->wire_room();
    if (octets_.size() - begin + more > room) return false;
  }
  return true;
}

AttributeList::Outcome AttributeList::add_raw(Octets attribute) {
  bool wellformed = attribute.size() >= Attribute::header_size && attribute[1] == attribute.size();
  if (!wellformed) return ListError::Range;
  if (!groups_.empty()) return ListError::State;
  if (!has_room(attribute.size())) return ListError::Limit;
  items_.push_back({nullptr, static_cast<uint32_t>(octets_.size()), static_cast<uint32_t>(attribute.size()),
                    AttributeView::no_tag, 0});
  octets_.insert(octets_.end(), attribute.begin(), attribute.end());
  return std::nullopt;
}

AttributeList::Outcome AttributeList::append(const AttributeList& other) {
  if (!groups_.empty() || !other.groups_.empty()) return ListError::State;
  if (other.items_.size() > attributes_max - items_.size() || other.octets_.size() > octets_max - octets_.size())
    return ListError::Limit;
  auto shift = static_cast<uint32_t>(octets_.size());
  for (Item item : other.items_) {
    item.offset += shift;
    if (item.vendor_group != 0) item.vendor_group += vendor_groups_;
    items_.push_back(item);
  }
  vendor_groups_ += other.vendor_groups_;
  octets_.insert(octets_.end(), other.octets_.begin(), other.octets_.end());
  return std::nullopt;
}

void AttributeList::abandon_groups() {
  while (!groups_.empty()) static_cast<void>(end_group());  // an empty one is gone with its end
}

size_t AttributeList::remove(const AttributeDefinition& definition) {
  if (!groups_.empty()) return 0;
  size_t removed = std::erase_if(items_, [&](const Item& item) { return item.definition == &definition; });
  // What is left moves together, so that a list that is changed again and again does not fill up.
  size_t used = 0;
  for (Item& item : items_) {
    if (item.length > 0) std::memmove(octets_.data() + used, octets_.data() + item.offset, item.length);
    item.offset = static_cast<uint32_t>(used);
    used += item.length;
  }
  wipe(MutableOctets(octets_).subspan(used));
  octets_.resize(used);
  return removed;
}

void AttributeList::clear() {
  wipe_ended(octets_);
  vendor_groups_ = 0;
  items_.clear();
  octets_.clear();
  groups_.clear();
}

AttributeView AttributeList::at(size_t index) const {
  const Item& item = items_[index];
  AttributeView view;
  view.cursor = index;
  view.value = Octets(octets_).subspan(item.offset, item.length);
  if (item.definition == nullptr) {
    view.type = view.top = view.value[0];
    view.value = view.value.subspan(Attribute::header_size);
    return view;
  }
  view.definition = item.definition;
  view.vendor = item.definition->vendor;
  view.in_evs =
      item.definition->parent->type == DataType::Vendor && item.definition->parent->parent->type == DataType::Evs;
  view.type = item.definition->number;
  view.top = static_cast<uint8_t>(item.definition->top().number);
  view.tag = item.tag;
  return view;
}

bool AttributeList::find(const AttributeDefinition& definition, AttributeView& view, size_t index) const {
  for (; index < items_.size(); ++index) {
    if (items_[index].definition != &definition) continue;
    view = at(index);
    return true;
  }
  return false;
}

}  // namespace radhost
