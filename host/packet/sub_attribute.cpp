// SPDX-License-Identifier: Apache-2.0
#include "packet/sub_attribute.h"

#include "base/reader.h"

namespace radhost {

std::optional<SubAttribute> take_odd_sub_attribute(Octets octets, const VendorFormat& format) {
  constexpr uint8_t more_flag = 0x80;
  Reader reader(octets);
  auto type = static_cast<uint32_t>(reader.take_uint(format.type_octets));
  size_t size = format.length_octets == 0 ? octets.size() : reader.take_uint(format.length_octets);
  uint8_t continuation = format.continuation ? reader.take_uint8() : uint8_t{0};
  if (!reader.ok() || size < format.header_size() || size > octets.size()) return std::nullopt;
  Octets value = octets.subspan(format.header_size(), size - format.header_size());
  return SubAttribute{type, value, size, (continuation & more_flag) != 0};
}

bool sub_attributes_fill(Octets octets, const VendorFormat& format) {
  if (octets.empty()) return false;  // RFC 2865 §5.26: at least one octet
  while (!octets.empty()) {
    auto sub = take_sub_attribute(octets, format);
    if (!sub) return false;
    octets = octets.subspan(sub->size);
  }
  return true;
}

}  // namespace radhost
