// SPDX-License-Identifier: Apache-2.0
/// A reply whose attributes are resolved, as one string: equal replies are equal strings, so that users who
/// get the same share one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <stdint.h>

namespace files {

/// An attribute of a packed reply: its handle, its tag (-1: none), and how many values follow.
struct PackedAttribute {
  uint32_t attr = 0;
  int32_t tag = -1;
  uint32_t values = 0;

  bool same_place(const PackedAttribute& other) const { return attr == other.attr && tag == other.tag; }
};

struct PackedValue {
  bool is_integer = false;
  int64_t integer = 0;
  std::string_view text;  // borrowed
};

void pack(std::string& packed, const PackedAttribute& attribute);
void pack(std::string& packed, const PackedValue& value);

/// Reads what pack() wrote, in the same order: an attribute, then as many values as it says.
class Unpacker {
 public:
  explicit Unpacker(std::string_view packed) : rest_(packed) {}

  bool at_end() const { return rest_.empty(); }
  PackedAttribute attribute();
  PackedValue value();

 private:
  template <class T>
  T take();

  std::string_view rest_;
};

/// Does the reply say anything of the attribute at this place, be it that it has no values?
bool mentions(std::string_view packed, const PackedAttribute& place);

}  // namespace files
