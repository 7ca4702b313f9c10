// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "dictionary/dictionary.h"

namespace radhost::bench {

struct WorstPacket {
  std::string name;
  std::vector<uint8_t> octets;
};

/// Packets of 4,096 octets, each of one kind that makes the most work: as many as fit of something. Adds to the
/// dictionary what one of them needs: TLVs nested as deep as they can be.
std::vector<WorstPacket> worst_packets(Dictionary& dictionary);

}  // namespace radhost::bench
