// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "packet/attribute.h"
#include "packet/attribute_definition.h"
#include "packet/sub_attribute.h"

namespace radhost {

// A part of a Long-Extended-Type value (RFC 6929 §2.2): Extended-Type, flags, at least one octet.
inline constexpr size_t fragment_header_size = 2;
/// May a long-extended attribute be what it says? More only in full ones.
bool is_fragment(Octets attribute_value);

/// The values of a packet that are split over several attributes: long-extended ones, and those of vendors whose
/// format has a continuation octet. All of them are found at once, so that what a part is does not depend on where
/// somebody began to look. Belongs to one ReceivedAttributes; its memory stays from packet to packet.
class SplitValues {
 public:
  struct Part {
    uint64_t cursor;  ///< where it stands
    size_t first;     ///< the number of the value's first part
    size_t next;      ///< the number of its next part; 0 for none
    Octets octets;
    Octets joined;  ///< of a first part, once somebody asked
    bool broken;    ///< of a first part: the value never ends, or a part of it is misshapen
  };

  /// Forgets the packet, and wipes what was joined.
  void clear();

  /// Finds the parts of well-formed attributes, unless that is done.
  void index(Octets attributes, const AttributeDefinition& root);

  /// The part that stands at a cursor; nullptr where the value is whole.
  Part* at(uint64_t cursor);
  bool is_first(const Part& part) const { return &parts_[part.first] == &part; }
  bool is_broken(const Part& part) const { return parts_[part.first].broken; }

  /// Where the value of a part begins.
  uint64_t first_cursor(const Part& part) const { return parts_[part.first].cursor; }

  /// Does a split value have a part in the attribute at this offset?
  bool has_part(size_t offset) const;

  /// Does a broken value have a part in the attribute at this offset?
  bool breaks(size_t offset) const;

  /// The whole value, of its first part.
  Octets join(Part& first);

  /// Where an octet of a joined value came from; nullptr for one of no joined value.
  const uint8_t* origin(const uint8_t* octet) const;

 private:
  /// A value whose last part has not come.
  struct Open {
    const AttributeDefinition* space;  ///< of the vendor; nullptr for long-extended
    size_t first;
    size_t last;
    uint32_t type;
  };

  void index_fragment(const Attribute& attribute, std::array<std::array<size_t, 256>, 2>& last_parts);
  void index_sub_attributes(const Attribute& attribute, const AttributeDefinition& vsa);
  void index_sub_attribute(const AttributeDefinition& vendor, const SubAttribute& sub, uint64_t cursor);
  size_t add_part(uint64_t cursor, size_t previous, Octets octets);

  std::vector<Part> parts_;  // by cursor
  std::vector<Open> open_;   // one a vendor at most
  std::vector<uint8_t> buffer_;
  size_t buffer_used_ = 0;
  bool indexed_ = false;
};

}  // namespace radhost
