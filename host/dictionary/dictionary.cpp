// SPDX-License-Identifier: Apache-2.0
#include "dictionary/dictionary.h"

#include <strings.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

#include "packet/attribute.h"

namespace radhost {
namespace {

constexpr size_t memory_at_first = 65536;
constexpr size_t attributes_expected = 8192;

int compare_names(std::string_view a, std::string_view b) {
  int order = strncasecmp(a.data(), b.data(), std::min(a.size(), b.size()));
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

/// The largest number that a child of this may have on the wire.
uint32_t number_max(const AttributeDefinition& parent) {
  if (parent.type == DataType::Root) return UINT32_MAX;
  bool own_format = parent.type == DataType::Vendor && parent.parent->type == DataType::Vsa;
  if (!own_format || parent.format.type_octets == 1) return 255;
  return parent.format.type_octets == 2 ? 65535 : UINT32_MAX;
}

/// Does a data type stand where the protocol has it? Only containers are bound to a place.
bool may_stand(DataType type, const AttributeDefinition& parent, uint32_t number) {
  switch (type) {
    case DataType::Vsa: return parent.type == DataType::Root && number == attribute_type::vendor_specific;
    case DataType::Extended:
    case DataType::LongExtended: return parent.type == DataType::Root;
    case DataType::Evs: return parent.type == DataType::Extended || parent.type == DataType::LongExtended;
    default: return true;
  }
}

/// The handle under which the names of an attribute's values are kept.
uint32_t owner_of_values(const AttributeDefinition& attribute) {
  return attribute.enumeration != 0 ? attribute.enumeration : attribute.id;
}

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

}  // namespace

size_t NameHash::operator()(std::string_view name) const {
  // Eight characters at a time. The bit that tells the cases of a letter apart is set in all of them.
  constexpr uint64_t case_bits = 0x2020202020202020;
  constexpr uint64_t multiplier = 0x9e3779b97f4a7c15;  // the golden ratio, 64 bits of it
  uint64_t hash = name.size();
  for (size_t at = 0; at < name.size(); at += sizeof(uint64_t)) {
    uint64_t characters = 0;
    std::memcpy(&characters, name.data() + at, std::min(sizeof characters, name.size() - at));
    hash = (hash ^ (characters | case_bits)) * multiplier;
    hash ^= hash >> 32;
  }
  return static_cast<size_t>(hash);
}

bool NameEqual::operator()(std::string_view a, std::string_view b) const {
  return a.size() == b.size() && compare_names(a, b) == 0;
}

Dictionary::Dictionary() : memory_(memory_at_first) {
  definitions_.emplace_back();
  root_ = &definitions_.back();
  root_->type = DataType::Root;
  by_name_.reserve(attributes_expected);
  AttributeDefinition* vsa = make(*root_, attribute_type::vendor_specific, DataType::Vsa);
  root_->add_child(vsa);
}

/// Copies text to where it stays.
std::string_view Dictionary::keep(std::string_view text) {
  char* place = static_cast<char*>(memory_.allocate(text.size(), alignof(char)));
  text.copy(place, text.size());
  return {place, text.size()};
}

AttributeDefinition* Dictionary::make(const AttributeDefinition& parent, uint32_t number, DataType type) {
  AttributeDefinition& made = definitions_.emplace_back();
  made.parent = &parent;
  made.number = number;
  made.type = type;
  made.vendor = type == DataType::Vendor ? number : parent.vendor;
  return &made;
}

AttributeDefinition* Dictionary::mutable_child(const AttributeDefinition& parent, uint32_t number) {
  return const_cast<AttributeDefinition*>(parent.child(number));  // all definitions are ours
}

AttributeDefinition* Dictionary::mutable_parent(const AttributeDefinition& child) {
  return const_cast<AttributeDefinition*>(child.parent);
}

const AttributeDefinition* Dictionary::find(std::string_view name) const {
  auto found = by_name_.find(name);
  if (found != by_name_.end()) return found->second;
  if (raw_count_.load(std::memory_order_relaxed) == 0 && !has_kept_raw_) return nullptr;
  std::lock_guard lock(raw_mutex_);
  return find_raw(name);
}

const AttributeDefinition* Dictionary::find_raw(std::string_view name) const {
  auto found = raw_by_name_.find(name);
  return found == raw_by_name_.end() ? nullptr : found->second;
}

const AttributeDefinition* Dictionary::by_id(uint32_t id) const {
  size_t index = size_t{id} - 1;  // of 0: beyond all
  if (index < by_id_.size()) return by_id_[index];
  return index < attribute_count() ? raw_[index - by_id_.size()] : nullptr;
}

Result<const AttributeDefinition*, std::string> Dictionary::add_attribute(AttributeDefinition& parent,
                                                                          const std::vector<uint32_t>& path,
                                                                          std::string_view name, Naming naming,
                                                                          AttributeDefinition definition) {
  AttributeDefinition* at = &parent;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    AttributeDefinition* child = mutable_child(*at, path[i]);
    if (child == nullptr) return "nothing is defined under number " + std::to_string(path[i]) + " of the path yet";
    at = child;
  }
  bool can_hold = is_container(at->type) || at->type == DataType::Tlv;
  if (!can_hold)
    return quoted(at->name) + " has data type " + std::string(data_type_word(at->type)) + " and holds no attributes";

  uint32_t number = path.back();
  bool in_extended = at->type == DataType::Extended || at->type == DataType::LongExtended;
  if (in_extended && definition.type == DataType::Vsa) definition.type = DataType::Evs;  // FreeRADIUS 4 calls it so
  if (number > number_max(*at)) return "number " + std::to_string(number) + " is too large here";
  if (!may_stand(definition.type, *at, number))
    return "data type " + std::string(data_type_word(definition.type)) + " does not stand here";

  std::string nested_name;
  std::string_view whole_name = name;
  if (naming == Naming::Nested && !at->name.empty())
    whole_name = nested_name = std::string(at->name) + "." + std::string(name);
  if (auto known = by_name_.find(whole_name); known != by_name_.end()) {
    const AttributeDefinition& other = *known->second;
    bool same = other.parent == at && other.number == number && other.type == definition.type;
    if (!same) return quoted(whole_name) + " is defined already, as something else";
    return &other;
  }
  // Vendor-Specific is there from the beginning, whatever data type a dictionary gives it.
  bool is_vsa = at == root_ && number == attribute_type::vendor_specific;
  if (is_vsa && at->child(number)->id != 0)
    return "number " + std::to_string(number) + " is " + quoted(at->child(number)->name) + " already";
  AttributeDefinition* made =
      is_vsa ? mutable_child(*root_, number) : &definitions_.emplace_back(std::move(definition));
  made->parent = at;
  made->number = number;
  made->vendor = at->vendor;
  made->internal = made->internal || at->internal || (at == root_ && number > 255);
  name_attribute(*made, whole_name);
  at->add_child(made);
  for (AttributeDefinition* tlv = at; made->hidden() && tlv->type == DataType::Tlv; tlv = mutable_parent(*tlv))
    tlv->holds_hidden = true;
  return made;
}

std::string Dictionary::add_alias(std::string_view name, const AttributeDefinition& attribute) {
  const AttributeDefinition* known = find(name);
  if (known != nullptr && known != &attribute) return quoted(name) + " is defined already, as something else";
  if (known == nullptr) by_name_.emplace(keep(name), mutable_by_id(attribute.id));
  return {};
}

void Dictionary::name_attribute(AttributeDefinition& attribute, std::string_view name) {
  attribute.name = keep(name);
  by_id_.push_back(&attribute);
  attribute.id = static_cast<uint32_t>(by_id_.size());
  by_name_.emplace(attribute.name, &attribute);
}

std::string Dictionary::add_vendor(std::string_view name, uint32_t number, VendorFormat format) {
  auto place = std::lower_bound(vendors_.begin(), vendors_.end(), number,
                                [](const VendorEntry& entry, uint32_t wanted) { return entry.number < wanted; });
  auto other = vendor_by_name(name);
  if (other && *other != number) return "vendor " + quoted(name) + " has number " + std::to_string(*other) + " already";
  if (place == vendors_.end() || place->number != number) {
    vendors_.insert(place, {number, format, keep(name)});
    vendor_space(number, nullptr);
    return {};
  }
  if (!(place->format == format)) return "vendor " + quoted(place->name) + " has another format already";
  if (!other) vendor_aliases_.emplace_back(keep(name), number);
  return {};
}

AttributeDefinition* Dictionary::vendor_space(uint32_t vendor, const AttributeDefinition* evs) {
  const VendorEntry* entry = vendor_entry(vendor);
  if (entry == nullptr) return nullptr;
  AttributeDefinition* holder = mutable_child(*root_, attribute_type::vendor_specific);
  if (evs != nullptr) holder = by_id_[evs->id - 1];
  if (AttributeDefinition* space = mutable_child(*holder, vendor)) return space;
  AttributeDefinition* space = make(*holder, vendor, DataType::Vendor);
  space->format = entry->format;
  holder->add_child(space);
  // A vendor's space has a handle too, under the name of what holds it: groups are begun with it.
  std::string_view holder_name = evs == nullptr ? "Vendor-Specific" : evs->name;
  name_attribute(*space, std::string(holder_name) + "." + std::string(entry->name));
  return space;
}

std::string Dictionary::add_value(const AttributeDefinition& attribute, std::string_view name, uint64_t value) {
  // Values of octets are kept for show: one of the vendors' files gives them.
  bool can_have_names = is_integer(attribute.type) || attribute.type == DataType::OctetString;
  if (!can_have_names)
    return quoted(attribute.name) + " has data type " + std::string(data_type_word(attribute.type)) +
           ", whose values have no names";
  size_t size = attribute.tagged_integer() ? 3 : fixed_size(attribute.type);
  if (size != 0 && size < 8 && value >> (size * 8) != 0)
    return std::to_string(value) + " is too large for " + quoted(attribute.name);
  by_value_.push_back({owner_of_values(attribute), value, keep(name)});
  return {};
}

std::vector<std::string> Dictionary::changed_files() const {
  std::vector<std::string> changed;
  for (const auto& [path, state] : files_)
    if (FileState::of(path) != state) changed.push_back(path);
  return changed;
}

/// Its numbers, from the root on.
std::vector<uint32_t> Dictionary::path_of(const AttributeDefinition& attribute) {
  std::vector<uint32_t> path;
  for (const AttributeDefinition* at = &attribute; at->parent != nullptr; at = at->parent) path.push_back(at->number);
  std::reverse(path.begin(), path.end());
  return path;
}

/// Gives the handles anew: what is known from before has the one that it had, all else one that there never was.
void Dictionary::keep_handles(const Dictionary& before) {
  std::vector<AttributeDefinition*> made = std::exchange(by_id_, {});
  std::vector<uint32_t> handles(made.size() + 1);  // by those that the parser gave
  by_id_.resize(before.attribute_count());
  for (AttributeDefinition* attribute : made) {
    auto known = before.by_name_.find(attribute->name);
    bool is_known = known != before.by_name_.end() && by_id_[known->second->id - 1] == nullptr &&
                    known->second->name == attribute->name && path_of(*known->second) == path_of(*attribute);
    if (is_known) by_id_[known->second->id - 1] = attribute;
    else by_id_.push_back(attribute);
    handles[attribute->id] = is_known ? known->second->id : static_cast<uint32_t>(by_id_.size());
  }
  for (AttributeDefinition* attribute : made) {
    attribute->id = handles[attribute->id];
    attribute->enumeration = handles[attribute->enumeration];
  }
  for (NamedValue& value : by_value_) value.owner = handles[value.owner];
  std::lock_guard lock(before.raw_mutex_);
  for (const auto& [name, raw] : before.raw_by_name_)
    if (AttributeDefinition* again = make_raw(path_of(*raw), name, raw->id)) {
      by_id_[raw->id - 1] = again;
      has_kept_raw_ = true;
    }
}

void Dictionary::finish(const Dictionary* before) {
  if (before != nullptr) keep_handles(*before);
  auto value_order = [](const NamedValue& a, const NamedValue& b) {
    return std::tie(a.owner, a.value) < std::tie(b.owner, b.value);
  };
  auto name_order = [this](uint32_t left, uint32_t right) {
    const NamedValue& a = by_value_[left];
    const NamedValue& b = by_value_[right];
    return a.owner != b.owner ? a.owner < b.owner : compare_names(a.name, b.name) < 0;
  };
  // Of several names for a value the last one given is printed; all are understood.
  std::stable_sort(by_value_.begin(), by_value_.end(), value_order);
  by_value_name_.resize(by_value_.size());
  std::iota(by_value_name_.begin(), by_value_name_.end(), 0u);
  std::stable_sort(by_value_name_.begin(), by_value_name_.end(), name_order);
}

std::optional<uint64_t> Dictionary::value_by_name(const AttributeDefinition& attribute, std::string_view name) const {
  uint32_t owner = owner_of_values(attribute);
  auto before = [&](uint32_t number, std::string_view wanted) {
    const NamedValue& entry = by_value_[number];
    return entry.owner != owner ? entry.owner < owner : compare_names(entry.name, wanted) < 0;
  };
  auto found = std::lower_bound(by_value_name_.begin(), by_value_name_.end(), name, before);
  if (found == by_value_name_.end()) return std::nullopt;
  const NamedValue& entry = by_value_[*found];
  if (entry.owner != owner || !NameEqual{}(entry.name, name)) return std::nullopt;
  return entry.value;
}

std::string_view Dictionary::name_by_value(const AttributeDefinition& attribute, uint64_t value) const {
  uint32_t owner = owner_of_values(attribute);
  auto after = [&](uint64_t wanted, const NamedValue& entry) {
    return std::tie(owner, wanted) < std::tie(entry.owner, entry.value);
  };
  auto found = std::upper_bound(by_value_.begin(), by_value_.end(), value, after);
  if (found == by_value_.begin()) return {};
  --found;
  return found->owner == owner && found->value == value ? found->name : std::string_view{};
}

std::vector<std::pair<uint64_t, std::string_view>> Dictionary::values(const AttributeDefinition& attribute) const {
  std::vector<std::pair<uint64_t, std::string_view>> result;
  for (const NamedValue& entry : by_value_)
    if (entry.owner == owner_of_values(attribute)) result.emplace_back(entry.value, entry.name);
  return result;
}

std::optional<uint32_t> Dictionary::vendor_by_name(std::string_view name) const {
  for (const VendorEntry& entry : vendors_)
    if (NameEqual{}(entry.name, name)) return entry.number;
  for (auto& [alias, number] : vendor_aliases_)
    if (NameEqual{}(alias, name)) return number;
  return std::nullopt;
}

const Dictionary::VendorEntry* Dictionary::vendor_entry(uint32_t number) const {
  auto place = std::lower_bound(vendors_.begin(), vendors_.end(), number,
                                [](const VendorEntry& entry, uint32_t wanted) { return entry.number < wanted; });
  return place != vendors_.end() && place->number == number ? &*place : nullptr;
}

std::string_view Dictionary::vendor_name(uint32_t vendor) const {
  const VendorEntry* entry = vendor_entry(vendor);
  return entry == nullptr ? std::string_view{} : entry->name;
}

const AttributeDefinition* Dictionary::raw_attribute(const std::vector<uint32_t>& path, std::string_view name) {
  std::lock_guard lock(raw_mutex_);
  // Another thread may have been faster.
  if (const AttributeDefinition* known = find_raw(name)) return known;
  size_t count = raw_count_.load(std::memory_order_relaxed);
  if (count == raw_.size()) return nullptr;
  const AttributeDefinition* made = make_raw(path, name, static_cast<uint32_t>(by_id_.size() + count + 1));
  if (made == nullptr) return nullptr;
  raw_[count] = made;
  raw_count_.store(count + 1, std::memory_order_release);
  return made;
}

/// nullptr where the path leads nowhere.
AttributeDefinition* Dictionary::make_raw(const std::vector<uint32_t>& path, std::string_view name, uint32_t id) {
  const AttributeDefinition* at = root_;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const AttributeDefinition* child = at->child(path[i]);
    bool new_vendor = child == nullptr && (at->type == DataType::Vsa || at->type == DataType::Evs);
    if (new_vendor) child = make(*at, path[i], DataType::Vendor);  // known to this attribute alone
    if (child == nullptr || !(is_container(child->type) || child->type == DataType::Tlv)) return nullptr;
    at = child;
  }
  bool is_internal = at->type == DataType::Root && !path.empty() && path.back() > 255;
  if (path.empty() || is_internal || path.back() > number_max(*at)) return nullptr;
  AttributeDefinition* made = make(*at, path.back(), DataType::OctetString);
  made->name = keep(name);
  made->id = id;
  raw_by_name_.emplace(made->name, made);
  return made;
}

}  // namespace radhost
