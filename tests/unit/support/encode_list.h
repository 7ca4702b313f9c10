// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "packet/encode.h"

namespace radhost::test {

/// Writes a whole list in wire form, or gives the error of the first attribute that could not be written. Throws
/// std::logic_error where the encoder does not go on.
inline std::optional<EncodeError> encode_list(const AttributeList& list, const HidingKey* key, SaltSource& salts,
                                              Writer& writer) {
  for (size_t at = 0; at < list.size();) {
    EncodeResult result = encode_attribute(list, at, key, salts, writer);
    if (result.error) return result.error;
    if (result.next <= at) throw std::logic_error("the encoder does not go on");
    at = result.next;
  }
  return std::nullopt;
}

}  // namespace radhost::test
