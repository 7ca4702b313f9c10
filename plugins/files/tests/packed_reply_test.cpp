// SPDX-License-Identifier: Apache-2.0
#include "../packed_reply.h"

#include "catch.h"

using files::PackedAttribute;
using files::PackedValue;

namespace {

std::string example() {
  std::string packed;
  files::pack(packed, PackedAttribute{7, -1, 2});
  files::pack(packed, PackedValue{false, 0, std::string_view("a\0b", 3)});
  files::pack(packed, PackedValue{true, -5, {}});
  files::pack(packed, PackedAttribute{8, 31, 0});
  return packed;
}

}  // namespace

TEST_CASE("what was packed comes out again, in its order") {
  const std::string packed = example();
  files::Unpacker unpacker(packed);
  const PackedAttribute first = unpacker.attribute();
  CHECK(first.same_place({7, -1, 0}));
  CHECK(first.values == 2);
  const PackedValue text = unpacker.value();
  CHECK_FALSE(text.is_integer);
  CHECK(text.text == std::string_view("a\0b", 3));
  const PackedValue integer = unpacker.value();
  CHECK(integer.is_integer);
  CHECK(integer.integer == -5);
  const PackedAttribute second = unpacker.attribute();
  CHECK(second.same_place({8, 31, 0}));
  CHECK(second.values == 0);
  CHECK(unpacker.at_end());
}

TEST_CASE("an attribute is mentioned with its own tag alone, values or not") {
  const std::string packed = example();
  CHECK(files::mentions(packed, {7, -1, 0}));
  CHECK(files::mentions(packed, {8, 31, 0}));
  CHECK_FALSE(files::mentions(packed, {7, 1, 0}));
  CHECK_FALSE(files::mentions(packed, {8, -1, 0}));
  CHECK_FALSE(files::mentions(packed, {9, -1, 0}));
  CHECK_FALSE(files::mentions({}, {7, -1, 0}));
}
