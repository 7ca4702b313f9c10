// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "packet/attribute_view.h"

namespace radhost {

/// Why an attribute could not be added.
enum class ListError : uint8_t {
  Type,   ///< the attribute has another data type, or is a container
  Range,  ///< the value cannot be encoded
  Limit,  ///< the list is full
  State,  ///< a group is open that should not be, or the reverse
};

/// A list of attributes that is being written: a reply, or notes between handlers. Values are kept as
/// AttributeView shows them (no tag, not hidden), in one buffer, so that a list that is cleared and filled again
/// allocates nothing. Bounded.
class AttributeList {
 public:
  static constexpr size_t attributes_max = 4096;
  static constexpr size_t octets_max = 65536;

  using Outcome = std::optional<ListError>;  ///< nothing when all went well

  /// Appends a copy of a value. `tag` is 0 to 31, or AttributeView::no_tag.
  [[nodiscard]] Outcome add(const AttributeDefinition& definition, Octets value, int tag = AttributeView::no_tag);
  [[nodiscard]] Outcome add_integer(const AttributeDefinition& definition, uint64_t value,
                                    int tag = AttributeView::no_tag);

  /// What is added between these goes into one TLV, or shares one vendor attribute. Groups nest.
  [[nodiscard]] Outcome begin_group(const AttributeDefinition& definition);
  [[nodiscard]] Outcome end_group();

  /// May a TLV with so many octets of value go into the group that was begun last, and all go out together?
  bool group_has_room(size_t value_size) const;

  /// Appends a whole attribute of a packet, header included, which goes out as it is: unknown, or invalid.
  [[nodiscard]] Outcome add_raw(Octets attribute);

  [[nodiscard]] Outcome append(const AttributeList& other);

  /// Takes out all with this definition; how many. Not while a group is open.
  size_t remove(const AttributeDefinition& definition);

  /// Wipes and empties; the memory stays.
  void clear();

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  size_t octets() const { return octets_.size(); }  ///< of all values
  bool has_open_group() const { return !groups_.empty(); }

  /// Number `index`, below size(). Its cursor is the index. One that was added raw has no definition.
  AttributeView at(size_t index) const;

  /// The first attribute with this definition from number `index` on.
  bool find(const AttributeDefinition& definition, AttributeView& view, size_t index = 0) const;

  /// Does number `index` share the Vendor-Specific attribute of the one before it?
  bool joins_previous(size_t index) const {
    return index > 0 && items_[index].vendor_group != 0 && items_[index].vendor_group == items_[index - 1].vendor_group;
  }

  /// Are two of them in one vendor's group, or both in none?
  bool is_grouped_as(size_t index, size_t other) const {
    return items_[index].vendor_group == items_[other].vendor_group;
  }

  /// Ends groups that somebody forgot; what they hold stays.
  void abandon_groups();

 private:
  struct Item {
    const AttributeDefinition* definition;  // nullptr of a raw one
    uint32_t offset;
    uint32_t length;
    int16_t tag;
    uint32_t vendor_group;  // 0 for none
  };
  struct Group {
    const AttributeDefinition* definition;
    size_t item;    // of a TLV group: its item
    size_t header;  // of a TLV within a TLV: where its header lies in octets_; 0 for the outermost
  };

  Outcome add_to_group(const AttributeDefinition& definition, Octets value, int tag);
  bool has_room(size_t octets) const { return items_.size() < attributes_max && octets <= octets_max - octets_.size(); }

  std::vector<Item> items_;
  std::vector<uint8_t, WipingAllocator<uint8_t>> octets_;
  std::vector<Group> groups_;
  uint32_t vendor_groups_ = 0;  // how many there were; the last one's number
};

}  // namespace radhost
