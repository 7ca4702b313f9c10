// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace radhost {

/// Where a value stands among received attributes. It travels as the cursor of an AttributeView.
struct Place {
  size_t offset = 0;           ///< of the attribute, from the first attribute's
  size_t sub = 0;              ///< of a vendor's sub-attribute, within the attribute's value; 0 for none
  size_t element = 0;          ///< which of an array's values
  bool more_elements = false;  ///< another value of the array follows

  static constexpr size_t element_max = 0x7fff;

  uint64_t cursor() const {
    return uint64_t{offset} << 32 | uint64_t{sub} << 16 | uint64_t{more_elements} << 15 | element;
  }
  static Place of(uint64_t cursor) {
    return {static_cast<size_t>(cursor >> 32), static_cast<size_t>(cursor >> 16 & 0xffff),
            static_cast<size_t>(cursor & element_max), (cursor >> 15 & 1) != 0};
  }
};

}  // namespace radhost
