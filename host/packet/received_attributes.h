// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "packet/attribute.h"
#include "packet/attribute_view.h"

namespace radhost {

/// The attributes of a received packet, read in place. What does not lie there as it should be read (hidden,
/// split or fragmented values) is made once, when somebody looks, in a bounded buffer that is kept between
/// packets and wiped. Belongs to one request and one thread at a time.
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

  /// The whole attribute that holds the view's beginning, header included, as received.
  Octets raw(const AttributeView& view) const;

 private:
  /// A value that was made: revealed or joined.
  struct Made {
    uint64_t cursor;
    const AttributeDefinition* definition;  ///< of a joined concat value
    Octets value;
    bool invalid;
    bool revealed;
  };
  /// A part of a long-extended value that is split.
  struct Fragment {
    size_t offset;
    size_t first;  ///< the number of the value's first fragment
    bool broken;   ///< the value never ends, or a fragment of it is misshapen
  };

  bool seek(size_t offset, const AttributeDefinition* wanted, AttributeView& view);
  bool view_at(const Attribute& attribute, size_t sub, AttributeView& view);
  bool view_vendor_specific(const Attribute& attribute, const AttributeDefinition& vsa, size_t sub,
                            AttributeView& view);
  bool view_extended(const Attribute& attribute, const AttributeDefinition& container, AttributeView& view);
  bool view_long_extended(const Attribute& attribute, const AttributeDefinition& container, AttributeView& view);
  bool view_concat(const AttributeDefinition& definition, AttributeView& view);
  void index_fragments();
  const Made& join_fragments(size_t first, uint64_t cursor);
  const Made& join_parts(const AttributeDefinition& definition);
  void view_evs(const AttributeDefinition& evs, Octets whole, Octets value, AttributeView& view);
  void view_value(const AttributeDefinition* definition, Octets value, AttributeView& view);
  void reveal_value(const AttributeDefinition& definition, AttributeView& view);
  size_t next_sub(const AttributeView& view) const;

  const Made* find_made(uint64_t cursor, bool revealed) const;
  MutableOctets take_buffer(size_t size);
  bool append_to_buffer(Octets octets);

  Octets attributes_;
  const AttributeDefinition* root_ = nullptr;
  std::optional<HidingKey> key_;
  std::vector<uint8_t> buffer_;
  size_t buffer_used_ = 0;
  std::vector<Made> made_;
  std::vector<Fragment> fragments_;  // by offset
  bool fragments_indexed_ = false;
};

}  // namespace radhost
