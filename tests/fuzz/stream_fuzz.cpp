// SPDX-License-Identifier: Apache-2.0
/// A stream that comes in pieces of any size, and whose packets are held now and then, is cut as it is in one piece.
#include "net/stream_framer.h"
#include "small_dictionary.h"

using namespace radhost;

namespace {

using Outcome = StreamFramer::Outcome;

struct Cut {
  std::vector<std::vector<uint8_t>> packets;
  Outcome end = Outcome::WantsMore;

  bool operator==(const Cut&) const = default;
};

Cut cut_whole(Octets stream) {
  Cut cut;
  StreamFramer framer;
  cut.end = framer.receive(stream, [&](Octets packet) {
    cut.packets.emplace_back(packet.begin(), packet.end());
    return true;
  });
  return cut;
}

/// `choices`: how long each piece is, and whether a packet is held first.
Cut cut_pieces(Octets stream, Octets choices) {
  Cut cut;
  StreamFramer framer;
  size_t next = 0;
  auto choose = [&] { return choices.empty() ? uint8_t{1} : choices[next++ % choices.size()]; };
  bool is_held = false;
  auto take = [&](Octets packet) {
    is_held = !is_held && choose() % 3 == 0;
    if (is_held) return false;
    cut.packets.emplace_back(packet.begin(), packet.end());
    return true;
  };
  while (!stream.empty()) {
    size_t size = std::min<size_t>(stream.size(), choose() % 64 + 1);
    cut.end = framer.receive(stream.first(size), take);
    while (cut.end == Outcome::Held) cut.end = framer.resume(take);
    if (cut.end != Outcome::WantsMore) return cut;
    stream = stream.subspan(size);
  }
  return cut;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Octets octets{data, size};
  size_t choices = std::min<size_t>(size, 8);
  Octets stream = octets.subspan(choices);
  FUZZ_ASSERT(cut_pieces(stream, octets.first(choices)) == cut_whole(stream));
  return 0;
}
