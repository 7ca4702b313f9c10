// SPDX-License-Identifier: Apache-2.0
#include "exchange/event_timestamp.h"

#include "base/reader.h"

namespace radhost {

bool is_current(const Packet& request, uint32_t window_s, bool required, uint64_t now_s) {
  if (!request.has(attribute_type::event_timestamp)) return !required;
  for (Attribute attribute : request.attributes()) {
    if (attribute.type != attribute_type::event_timestamp) continue;
    if (attribute.value.size() != 4) return false;
    uint64_t then_s = get_uint32be(attribute.value);
    return then_s <= now_s + window_s && now_s <= then_s + window_s;
  }
  return false;
}

}  // namespace radhost
