// SPDX-License-Identifier: Apache-2.0
#include "packed_reply.h"

#include <string.h>

namespace files {
namespace {

template <class T>
void put(std::string& packed, T number) {
  char octets[sizeof number];
  memcpy(octets, &number, sizeof number);
  packed.append(octets, sizeof number);
}

}  // namespace

void pack(std::string& packed, const PackedAttribute& attribute) {
  put(packed, attribute.attr);
  put(packed, attribute.tag);
  put(packed, attribute.values);
}

void pack(std::string& packed, const PackedValue& value) {
  put(packed, static_cast<uint8_t>(value.is_integer ? 1 : 0));
  if (value.is_integer) return put(packed, value.integer);
  put(packed, static_cast<uint32_t>(value.text.size()));
  packed += value.text;
}

template <class T>
T Unpacker::take() {
  T number{};
  memcpy(&number, rest_.data(), sizeof number);
  rest_.remove_prefix(sizeof number);
  return number;
}

PackedAttribute Unpacker::attribute() {
  PackedAttribute attribute;
  attribute.attr = take<uint32_t>();
  attribute.tag = take<int32_t>();
  attribute.values = take<uint32_t>();
  return attribute;
}

PackedValue Unpacker::value() {
  PackedValue value;
  value.is_integer = take<uint8_t>() != 0;
  if (value.is_integer) {
    value.integer = take<int64_t>();
    return value;
  }
  const auto length = take<uint32_t>();
  value.text = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return value;
}

bool mentions(std::string_view packed, const PackedAttribute& place) {
  Unpacker unpacker(packed);
  while (!unpacker.at_end()) {
    const PackedAttribute attribute = unpacker.attribute();
    if (attribute.same_place(place)) return true;
    for (uint32_t i = 0; i < attribute.values; ++i) unpacker.value();
  }
  return false;
}

}  // namespace files
