// SPDX-License-Identifier: Apache-2.0
#include "support/random_attributes.h"

#include <algorithm>

#include "support/hex.h"

namespace radhost::test {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t value_max = 253;

// The sizes that data types, blocks of hidden values and their neighbours have.
constexpr size_t sizes[] = {0, 1, 2, 3, 4, 5, 6, 8, 15, 16, 17, 18, 19, 32, 34, 35, 128, 144, 253};
constexpr uint8_t types[] = {1,  2,  4,  6,   18,  25,  55,  64,  69,  79,  79,  80,  81,  95,
                             96, 97, 97, 150, 155, 155, 170, 171, 172, 173, 174, 175, 176, 177};
constexpr uint8_t children[] = {1, 1, 2, 3, 4, 5, 6, 26};

Bytes big_endian(uint64_t number, size_t size) {
  Bytes octets(size);
  for (size_t i = size; i > 0; --i, number >>= 8) octets[i - 1] = static_cast<uint8_t>(number);
  return octets;
}

void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

Bytes attribute(uint8_t type, Bytes value) {
  value.resize(std::min(value.size(), value_max));
  return joined({{type, static_cast<uint8_t>(value.size() + 2)}, value});
}

/// Any value, or one that is likely to be an address prefix.
Bytes random_value(Random& random) {
  Bytes value = random.octets(random.one_in(8) ? random.below(value_max + 1) : random.one_of(sizes));
  if (value.size() < 2 || !random.one_in(3)) return value;
  value[0] = 0;
  value[1] = static_cast<uint8_t>((value.size() - 2) * 8);
  return value;
}

/// TLVs (RFC 6929 §2.3) within TLVs, now and then one that is misshapen.
Bytes random_tlvs(Random& random, size_t room, size_t depth) {
  Bytes tlvs;
  while (tlvs.size() + 3 <= room && (tlvs.empty() || !random.one_in(4))) {
    size_t most = std::min<size_t>(room - tlvs.size() - 2, value_max);
    Bytes value =
        depth > 0 && random.one_in(3) ? random_tlvs(random, most, depth - 1) : random.octets(random.size(1, most));
    size_t length = random.one_in(30) ? random.octet() : value.size() + 2;
    append(tlvs, joined({{random.one_of(children), static_cast<uint8_t>(length)}, value}));
  }
  return tlvs;
}

struct Vendor {
  uint32_t number;
  size_t type_octets;
  size_t length_octets;
  bool continuation;
};
constexpr Vendor vendors[] = {{311, 1, 1, false},  {311, 1, 1, false},  {429, 2, 1, false},  {3309, 1, 0, false},
                              {9000, 4, 0, false}, {8164, 2, 2, false}, {24757, 1, 1, true}, {99999, 1, 1, false}};
constexpr uint32_t vendor_types[] = {1, 5, 7, 7, 11, 16, 17, 50, 300, 0x9001, 0x01020304};

/// RFC 2865 §5.26: sub-attributes in the vendor's format, in another vendor's, or anything.
Bytes random_vendor_specific(Random& random) {
  if (random.one_in(12)) return attribute(26, random_value(random));
  Vendor vendor = random.one_of(vendors);
  Vendor format = random.one_in(12) ? random.one_of(vendors) : vendor;
  Bytes content = big_endian(vendor.number, 4);
  do {
    Bytes value = random.one_in(3) ? random_tlvs(random, random.below(60), 2) : random_value(random);
    size_t header = format.type_octets + format.length_octets + (format.continuation ? 1 : 0);
    if (content.size() + header + value.size() > value_max) break;
    append(content, big_endian(random.one_of(vendor_types), format.type_octets));
    append(content, big_endian(header + value.size(), format.length_octets));
    if (format.continuation) content.push_back(random.one_in(2) ? 0x80 : 0x00);
    append(content, value);
  } while (!random.one_in(3));
  if (random.one_in(20)) content.push_back(random.octet());
  return attribute(26, content);
}

/// What stands behind an Extended-Type: TLVs, a vendor's (RFC 6929 §2.4), or anything.
Bytes random_extended_value(Random& random, uint8_t extended_type, size_t room) {
  bool is_vendors = extended_type == 26 && !random.one_in(10);
  Bytes value =
      is_vendors ? joined({big_endian(random.one_in(4) ? random.next() : 1, 4), {random.one_of(children)}}) : Bytes{};
  size_t left = room > value.size() ? room - value.size() : 0;
  append(value, random.one_in(2) ? random_tlvs(random, left, 3) : random.octets(random.size(0, left)));
  value.resize(std::min(value.size(), room));
  return value;
}

Bytes random_extended(Random& random) {
  uint8_t type = static_cast<uint8_t>(random.between(241, 244));
  if (random.one_in(3)) type = 241;
  if (random.one_in(12)) return attribute(type, random.octets(random.below(3)));
  uint8_t extended_type = random.one_of(children);
  return attribute(type, joined({{extended_type}, random_extended_value(random, extended_type, value_max - 1)}));
}

/// RFC 6929 §2.2: the attributes that one value is split into. Full ones have More but for the last; now and then one
/// is short, is missing, or has the wrong flags.
std::vector<Bytes> random_fragments(Random& random) {
  constexpr size_t full = value_max - 2;
  uint8_t type = random.one_in(6) ? 246 : 245;
  uint8_t extended_type = random.one_of(children);
  Bytes value = random_extended_value(random, extended_type, random.one_in(4) ? random.below(2000) : full + 10);
  std::vector<Bytes> fragments;
  for (size_t at = 0; at < value.size() || at == 0;) {
    size_t size = std::min(value.size() - at, random.one_in(30) ? random.below(full) + 1 : full);
    uint8_t flags = at + size < value.size() ? 0x80 : 0x00;
    if (random.one_in(20)) flags = random.octet();
    auto begin = value.begin() + static_cast<std::ptrdiff_t>(at);
    Bytes part(begin, begin + static_cast<std::ptrdiff_t>(size));
    if (!random.one_in(20)) fragments.push_back(attribute(type, joined({{extended_type, flags}, part})));
    at += std::max<size_t>(size, 1);
  }
  return fragments;
}

Bytes random_attribute(Random& random) {
  switch (random.below(8)) {
    case 0: return attribute(random.octet(), random_value(random));
    case 1:
    case 2: return random_extended(random);
    case 3:
    case 4: return random_vendor_specific(random);
    default: return attribute(random.one_of(types), random_value(random));
  }
}

}  // namespace

std::vector<uint8_t> random_attributes(Random& random, size_t room) {
  Bytes attributes;
  auto put = [&](const Bytes& made) {
    if (attributes.size() + made.size() <= room) append(attributes, made);
  };
  for (size_t count = random.below(30); count > 0; --count) {
    if (!random.one_in(4)) {
      put(random_attribute(random));
      continue;
    }
    for (const Bytes& fragment : random_fragments(random)) {
      put(fragment);
      if (random.one_in(4)) put(random_attribute(random));  // RFC 6929 §2.2 lets others stand in between
    }
  }
  return attributes;
}

std::vector<uint8_t> random_packet(Random& random) {
  constexpr uint8_t codes[] = {1, 2, 3, 4, 5, 11, 12, 40, 41, 42, 43, 44, 45, 52};
  constexpr size_t header_size = 20;
  Bytes attributes = random_attributes(random, 4096 - header_size);
  return joined({{random.one_of(codes), random.octet()},
                 big_endian(header_size + attributes.size(), 2),
                 random.octets(16),
                 attributes});
}

}  // namespace radhost::test
