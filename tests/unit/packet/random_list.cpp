// SPDX-License-Identifier: Apache-2.0
#include "packet/random_list.h"

#include <algorithm>

#include "catch.h"

namespace radhost::test {
namespace {

using Bytes = std::vector<uint8_t>;
using Choices = std::vector<const AttributeDefinition*>;

constexpr size_t packet_room = 4076;
constexpr size_t tlv_header_size = 2;
constexpr size_t tlv_value_max = 253;

/// More than any value of such a size takes: headers of all kinds, salt, padding, the headers of its parts.
size_t cost(size_t size) { return size + size / 25 + 40; }
/// Of what is left of a packet, the longest value that surely fits.
size_t affordable(size_t room) { return room < cost(0) ? 0 : (room - cost(0)) * 24 / 25; }

Bytes random_prefix(Random& random, size_t address_size, bool shortened) {
  size_t length = random.below(address_size * 8 + 1);
  Bytes address = random.octets(address_size);
  for (size_t bit = length; bit < address_size * 8; ++bit)
    address[bit / 8] = static_cast<uint8_t>(address[bit / 8] & ~(0x80 >> bit % 8));
  if (shortened) address.resize(random.between((length + 7) / 8, address_size));
  address.insert(address.begin(), {0, static_cast<uint8_t>(length)});
  return address;
}

/// Octets that end in no NUL: those that hide a value pad with it.
Bytes random_secret(Random& random, size_t size) {
  Bytes secret = random.octets(size);
  if (!secret.empty() && secret.back() == 0) secret.back() = 1;
  return secret;
}

class Filler {
 public:
  Filler(Random& random, const Definitions& definitions, AttributeList& list)
      : random_(random), list_(list), left_(random.below(packet_room + 1)) {
    definitions.each([&](const AttributeDefinition& definition) {
      // A TLV whose parts are hidden has other octets every time; an array has those of its neighbours.
      bool changes = definition.holds_hidden || definition.parent->holds_hidden || definition.array;
      if (!definition.internal && !changes) all_.push_back(&definition);
    });
  }

  void fill() {
    while (left_ > cost(tlv_value_max)) {
      switch (random_.below(6)) {
        case 0: add_vendor_group(); break;
        case 1: add_tlv_group(*random_.one_of(all_)); break;
        default: add_value(*random_.one_of(all_));
      }
    }
  }

 private:
  Choices children_of(const AttributeDefinition& parent) const {
    Choices children;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(children),
                 [&](const AttributeDefinition* child) { return child->parent == &parent; });
    return children;
  }

  /// The longest value that may be added, whatever hides it and wherever it stands.
  size_t longest(const AttributeDefinition& definition) const {
    size_t room = std::min(definition.wire_room() - (definition.tagged ? 1 : 0), affordable(left_));
    if (definition.hiding == Hiding::None) return room;
    size_t length = std::min(room, tlv_value_max);
    auto hidden = hidden_size(definition.hiding, length);
    while (!hidden || *hidden > definition.wire_room() - 1) hidden = hidden_size(definition.hiding, --length);
    return length;
  }

  Bytes random_value(const AttributeDefinition& definition, size_t least, size_t most) {
    if (definition.tagged_integer()) return random_.octets(3);
    if (definition.exact_size != 0) return random_.octets(definition.exact_size);
    if (size_t size = fixed_size(definition.type); size != 0) return random_.octets(size);
    switch (definition.type) {
      case DataType::Ipv6Prefix: return random_prefix(random_, 16, true);
      case DataType::Ipv4Prefix: return random_prefix(random_, 4, false);
      case DataType::ComboIp: return random_.octets(random_.one_in(2) ? 4 : 16);
      case DataType::Tlv: return random_tlv(definition, most);
      default: break;
    }
    size_t size = random_.size(least, most);
    return definition.sensitive() ? random_secret(random_, size) : random_.octets(size);
  }

  /// The value of a TLV with one child that the dictionary knows.
  Bytes random_tlv(const AttributeDefinition& definition, size_t most) {
    const AttributeDefinition& child = *random_.one_of(children_of(definition));
    Bytes value = random_value(child, 1, std::min(most, tlv_value_max) - tlv_header_size);
    value.insert(value.begin(),
                 {static_cast<uint8_t>(child.number), static_cast<uint8_t>(value.size() + tlv_header_size)});
    return value;
  }

  void add(const AttributeDefinition& definition, const Bytes& value) {
    bool has_tag = definition.tagged && random_.one_in(2);
    int tag = has_tag ? static_cast<int>(random_.between(1, 31)) : AttributeView::no_tag;
    INFO(definition.name << " of " << value.size() << " octets, tag " << tag);
    REQUIRE_FALSE(list_.add(definition, value, tag).has_value());
    left_ -= std::min(left_, cost(value.size()));
  }

  void add_value(const AttributeDefinition& definition) {
    AttributeView view;
    if (definition.concat && list_.find(definition, view)) return;
    bool in_tlv = definition.parent->type == DataType::Tlv;
    add(definition, random_value(definition, in_tlv ? 1 : 0, longest(definition)));
  }

  void add_vendor_group() {
    const AttributeDefinition& vendor = *random_.one_of(all_)->parent;
    if (vendor.type != DataType::Vendor) return;
    REQUIRE_FALSE(list_.begin_group(vendor).has_value());
    Choices children = children_of(vendor);
    for (size_t count = random_.below(6); count > 0 && left_ > cost(tlv_value_max); --count) {
      const AttributeDefinition& child = *random_.one_of(children);
      if (child.type == DataType::Tlv) add_tlv_group(child);
      else add_value(child);
    }
    REQUIRE_FALSE(list_.end_group().has_value());
  }

  void add_tlv_group(const AttributeDefinition& tlv) {
    if (tlv.type != DataType::Tlv) return;
    bool nested = tlv.parent->type == DataType::Tlv;
    if (nested && !list_.has_open_group()) return;
    size_t room = std::min(tlv.wire_room(), affordable(left_));
    left_ -= std::min(left_, cost(add_open_tlv(tlv, random_.size(tlv_value_max / 4, room))));
  }

  /// A TLV and random children, of `room` octets of value at most; how many it took.
  size_t add_open_tlv(const AttributeDefinition& tlv, size_t room) {
    constexpr size_t worth_nesting = 40;
    REQUIRE_FALSE(list_.begin_group(tlv).has_value());
    Choices children = children_of(tlv);
    size_t used = 0;
    while (used == 0 || (!random_.one_in(5) && used + worth_nesting < room)) {
      const AttributeDefinition& child = *random_.one_of(children);
      size_t most = std::min(room - used - tlv_header_size, tlv_value_max);
      if (child.type == DataType::Tlv) {
        used += tlv_header_size + add_open_tlv(child, most);
        continue;
      }
      Bytes value = random_value(child, 1, most);
      REQUIRE_FALSE(list_.add(child, value).has_value());
      used += tlv_header_size + value.size();
    }
    REQUIRE_FALSE(list_.end_group().has_value());
    return used;
  }

  Random& random_;
  AttributeList& list_;
  size_t left_;  // of the packet's room
  Choices all_;
};

}  // namespace

void fill_with_random(Random& random, const Definitions& definitions, AttributeList& list) {
  Filler(random, definitions, list).fill();
}

}  // namespace radhost::test
