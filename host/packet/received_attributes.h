// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "packet/attribute.h"
#include "packet/attribute_list.h"
#include "packet/attribute_view.h"
#include "packet/place.h"
#include "packet/split_values.h"

namespace radhost {

/// The attributes of a received packet, read in place. What does not lie there as it should be read (hidden and
/// split values) is made once, when somebody looks, in a bounded buffer that is kept between packets and wiped. Belongs
/// to one request and one thread at a time.
class ReceivedAttributes {
 public:
  ReceivedAttributes();

  /// Begins with a packet's attributes, which are known to fill their octets and stay where they are.
  /// `key`: how to reveal hidden values; nothing where they travel in the clear (RADIUS/1.1).
  void begin(Octets attributes, const AttributeDefinition& root, const HidingKey* key);

  /// Forgets the packet, and wipes what was revealed.
  void end();

  /// The first attribute, and the one after `view`. Vendors' attributes come out one by one, split ones joined.
  /// False at the end.
  bool first(AttributeView& view);
  bool next(AttributeView& view);

  /// The first valid attribute with this definition, and the next one after `view`.
  bool find(const AttributeDefinition& definition, AttributeView& view);
  bool find_next(const AttributeDefinition& definition, AttributeView& view);

  /// What a TLV holds, revealed: as next_tlv gives it.
  bool next_child(const AttributeView& parent, AttributeView& child);

  /// Appends all attributes to a list, so that it is encoded to what would be decoded as these are: known and valid
  /// ones by their values, all others, and vendors' split ones, as they lie in the packet. Order is kept.
  [[nodiscard]] AttributeList::Outcome copy_to(AttributeList& list);

  /// The whole attribute that holds the view's beginning, header included, as received.
  Octets raw(const AttributeView& view) const;

 private:
  /// A value that was made: revealed or, of a concat attribute, joined.
  struct Made {
    uint64_t identity;
    const AttributeDefinition* definition;  ///< of a joined value
    Octets value;
    bool invalid;
  };

  bool is_copied_raw(const Attribute& attribute);
  bool is_understood(const AttributeView& view);
  AttributeList::Outcome copy_values(const Attribute& attribute, AttributeList& list);
  AttributeList::Outcome copy_value(const AttributeView& view, AttributeList& list);

  bool seek(size_t offset, const AttributeDefinition* wanted, AttributeView& view);
  bool seek_behind(const AttributeDefinition* wanted, AttributeView& view);
  bool view_next_in(const Attribute& attribute, AttributeView& view);
  bool view_at(const Attribute& attribute, Place place, AttributeView& view);
  bool view_vendor_specific(const Attribute& attribute, const AttributeDefinition& vsa, Place place,
                            AttributeView& view);
  bool view_extended(const Attribute& attribute, const AttributeDefinition& container, AttributeView& view);
  bool view_long_extended(const Attribute& attribute, const AttributeDefinition& container, AttributeView& view);
  bool view_concat(const AttributeDefinition& definition, AttributeView& view);
  const Made& join_parts(const AttributeDefinition& definition);
  void view_evs(const AttributeDefinition& evs, Octets whole, Octets value, AttributeView& view);
  void view_invalid(const AttributeDefinition& container, Octets value, AttributeView& view);
  void view_value(const AttributeDefinition* definition, Octets value, AttributeView& view);
  bool view_element(const AttributeDefinition& definition, AttributeView& view);
  void reveal_value(const AttributeDefinition& definition, uint64_t identity, AttributeView& view);

  const Made* find_revealed(uint64_t identity) const;
  MutableOctets take_buffer(size_t size);
  bool append_to_buffer(Octets octets);

  Octets attributes_;
  const AttributeDefinition* root_ = nullptr;
  std::optional<HidingKey> key_;
  std::vector<uint8_t> buffer_;
  size_t buffer_used_ = 0;
  std::vector<Made> made_;
  SplitValues split_values_;
};

}  // namespace radhost
