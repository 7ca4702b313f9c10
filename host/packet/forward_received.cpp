// SPDX-License-Identifier: Apache-2.0
// How a proxy sends received attributes on: as they lie in the packet.
#include "packet/packet.h"
#include "packet/received_attributes.h"

namespace radhost {

bool ReceivedAttributes::forward_to(const HidingKey& to, Writer& writer) {
  size_t begin = writer.size();
  if (attributes_.size() > writer.room()) return false;
  writer.put(attributes_);
  if (!key_) return true;
  reveal_all();
  MutableOctets copy = writer.written().subspan(begin);
  for (const Revealed& value : revealed_) {
    if (value.invalid) continue;
    std::array<uint8_t, Packet::maximum_size> octets;
    MutableOctets hidden = MutableOctets(octets).first(value.hidden.size());
    copy_octets(hidden, value.hidden);
    hide_anew(value.hiding, hidden, *key_, to);
    for (size_t i = 0; i < hidden.size(); ++i) {
      const uint8_t* joined_from = split_values_.origin(&value.hidden[i]);
      const uint8_t* from = joined_from != nullptr ? joined_from : &value.hidden[i];
      copy[static_cast<size_t>(from - attributes_.data())] = hidden[i];
    }
  }
  return true;
}

}  // namespace radhost
