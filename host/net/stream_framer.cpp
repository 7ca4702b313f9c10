// SPDX-License-Identifier: Apache-2.0
#include "net/stream_framer.h"

#include "base/reader.h"
#include "packet/packet.h"

namespace radhost {
namespace {

constexpr size_t length_offset = 2;
constexpr size_t length_end = 4;

}  // namespace

StreamFramer::Border StreamFramer::find_border(Octets octets, size_t& size) {
  if (octets.size() < length_end) return Border::None;
  size = get_uint16be(octets.subspan(length_offset));
  if (size < Packet::header_size) return Border::TooShort;
  if (size > Packet::maximum_size) return Border::TooLong;
  return size <= octets.size() ? Border::Packet : Border::None;
}

void StreamFramer::keep(Octets rest, bool are_kept) {
  if (!are_kept) {
    kept_.assign(rest.begin(), rest.end());
  } else if (rest.empty()) {
    SecretOctets().swap(kept_);
  } else if (rest.size() < kept_.size()) {
    kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(rest.size()));
  }
}

}  // namespace radhost
