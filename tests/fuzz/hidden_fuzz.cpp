// SPDX-License-Identifier: Apache-2.0
/// Any octets are revealed or refused, within their room; what is revealed is hidden and revealed to the same.
#include "packet/hidden.h"
#include "small_dictionary.h"

using namespace radhost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static SharedSecret& secret = *new SharedSecret(octets_of("xyzzy5461"));
  static constexpr std::array<uint8_t, 16> authenticator{1, 2, 3};
  HidingKey key{secret, authenticator};

  for (Hiding hiding : {Hiding::None, Hiding::UserPassword, Hiding::TunnelPassword, Hiding::AscendSecret}) {
    std::vector<uint8_t> clear(size);
    auto length = reveal(hiding, {data, size}, clear, key);
    if (!length) continue;
    FUZZ_ASSERT(*length <= size);
    clear.resize(*length);
    auto room = hidden_size(hiding, clear.size());
    if (!room) continue;  // longer than an attribute can hold
    std::vector<uint8_t> hidden(*room);
    hide(hiding, clear, hidden, 1, key);
    std::vector<uint8_t> again(*room);
    auto again_length = reveal(hiding, hidden, again, key);
    FUZZ_ASSERT(again_length == length);
    again.resize(*again_length);
    FUZZ_ASSERT(again == clear);
  }
  return 0;
}
