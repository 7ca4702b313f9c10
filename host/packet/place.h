// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace radhost {

/// Where a value stands among received attributes. It travels as the cursor of an AttributeView:
///
///      63            32 31         16 15 14         0
///     +----------------+-------------+--+------------+
///     |     offset     |     sub     |M |  element   |
///     +----------------+-------------+--+------------+
class Place {
  struct Bits {
    uint64_t value;
  };

 public:
  /// `offset`: of the attribute, from the first attribute's. `sub`: of a vendor's sub-attribute, within the
  /// attribute's value; 0 for none. `element`: which of an array's values.
  explicit constexpr Place(size_t offset, size_t sub = 0, size_t element = 0)
      : cursor_(uint64_t{offset} << 32 | uint64_t{sub} << 16 | element) {}
  static constexpr Place of(uint64_t cursor) { return Place(Bits{cursor}); }

  uint64_t cursor() const { return cursor_; }
  size_t offset() const { return static_cast<size_t>(cursor_ >> 32); }
  size_t sub() const { return static_cast<size_t>(cursor_ >> 16 & 0xffff); }
  size_t element() const { return static_cast<size_t>(cursor_ & 0x7fff); }
  /// Does another value of the array follow (M)?
  bool more_elements() const { return (cursor_ & more) != 0; }
  /// Is it the attribute as a whole?
  bool is_whole() const { return (cursor_ & 0xffffffff) == 0; }

  /// The sub-attribute it is in, with all its elements.
  Place first_element() const { return Place(offset(), sub()); }
  Place next_element() const { return Place(offset(), sub(), element() + 1); }
  Place with_more_elements() const { return of(cursor_ | more); }

 private:
  static constexpr uint64_t more = 0x8000;
  explicit constexpr Place(Bits bits) : cursor_(bits.value) {}
  uint64_t cursor_;
};

}  // namespace radhost
