// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "base/writer.h"
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

  /// As they lie in the packet.
  Octets octets() const { return attributes_; }

  /// The first attribute, and the one after `view`. Vendors' attributes come out one by one, split ones joined.
  /// False at the end.
  bool first(AttributeView& view);
  bool next(AttributeView& view);

  /// The first valid attribute with this definition, and the next one after `view`.
  bool find(const AttributeDefinition& definition, AttributeView& view);
  bool find_next(const AttributeDefinition& definition, AttributeView& view);

  /// What a TLV holds, revealed: as next_tlv gives it.
  bool next_child(const AttributeView& parent, AttributeView& child);

  /// Reveals all that is hidden, so that nothing of the key is needed any more: before another thread reads.
  void reveal_all();

  /// Appends all attributes to a list, so that it is encoded to what would be decoded as these are: known and valid
  /// ones by their values, all others, and vendors' split ones, as they lie in the packet. Order is kept. What the host
  /// writes itself (Message-Authenticator, Proxy-State) is left out where `but_host_owned` says so.
  [[nodiscard]] AttributeList::Outcome copy_to(AttributeList& list, bool but_host_owned = false);

  /// Writes all attributes as they lie in the packet, octet for octet, but for what is hidden: that is hidden anew for
  /// the peer of `to`, in the same blocks. A hidden value that is invalid goes out as it came. False when they have no
  /// room.
  [[nodiscard]] bool forward_to(const HidingKey& to, Writer& writer);

  /// The whole attribute that holds the view's beginning, header included, as received.
  Octets raw(const AttributeView& view) const;

 private:
  /// A value that was revealed.
  struct Revealed {
    uint64_t identity;
    Hiding hiding;
    Octets hidden;
    Octets value;
    bool invalid;
  };
  /// A value that was joined from the parts of a concat attribute.
  struct Joined {
    const AttributeDefinition* definition;
    uint64_t cursor;
    Octets value;
    bool invalid;
  };
  /// What is known of the vendor's sub-attribute that was shown last, to go on from there.
  struct Step {
    uint64_t cursor = ~uint64_t{0};
    size_t next_sub = 0;
    const AttributeDefinition* vendor = nullptr;
  };

  bool is_copied_raw(const Attribute& attribute);
  bool is_understood(const AttributeView& view);
  void reveal_children(const AttributeView& tlv);
  AttributeList::Outcome copy_values(const Attribute& attribute, AttributeList& list);
  AttributeList::Outcome copy_value(const AttributeView& view, AttributeList& list);

  bool walk(size_t offset, AttributeView& view);
  bool seek(size_t offset, const AttributeDefinition& definition, AttributeView& view);
  bool view_next_in(const Attribute& attribute, AttributeView& view);
  Step step_from(const Attribute& attribute, Place place) const;
  const AttributeDefinition* vendor_of(const Attribute& attribute, const AttributeDefinition& vsa) const;
  bool view_at(const Attribute& attribute, Place place, AttributeView& view);
  bool view_special(const Attribute& attribute, const AttributeDefinition& definition, Place place,
                    AttributeView& view);
  bool view_vendor_specific(const Attribute& attribute, const AttributeDefinition& vsa, Place place,
                            AttributeView& view);
  bool view_extended(const Attribute& attribute, const AttributeDefinition& container, AttributeView& view);
  bool view_long_extended(const Attribute& attribute, const AttributeDefinition& container, AttributeView& view);
  bool view_sub_attribute(const Attribute& attribute, const AttributeDefinition* vendor, Place place,
                          AttributeView& view);
  bool view_concat(const Attribute& attribute, const AttributeDefinition& definition, AttributeView& view);
  const Joined& join_parts(const AttributeDefinition& definition);
  void view_evs(const AttributeDefinition& evs, Octets whole, Octets value, AttributeView& view);
  void view_invalid(const AttributeDefinition& container, Octets value, AttributeView& view);
  void view_value(const AttributeDefinition* definition, Octets value, AttributeView& view);
  bool view_element(const AttributeDefinition& definition, AttributeView& view);
  void reveal_value(const AttributeDefinition& definition, uint64_t identity, AttributeView& view);

  MutableOctets take_buffer(size_t size);
  bool append_to_buffer(Octets octets);

  Octets attributes_;
  const AttributeDefinition* root_ = nullptr;
  std::optional<HidingKey> key_;
  std::vector<uint8_t> buffer_;
  size_t buffer_used_ = 0;
  std::vector<Revealed> revealed_;  // by identity
  std::vector<Joined> joined_;      // one a definition
  Step step_;
  SplitValues split_values_;
};

}  // namespace radhost
