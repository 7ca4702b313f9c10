// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

namespace radhost::bench {

void register_yardsticks(size_t octets) {
  std::vector<uint8_t> from(octets, 0x55), to(octets);
  add("memcpy of " + std::to_string(octets) + " octets", octets, [from, to]() mutable {
    benchmark::DoNotOptimize(from.data());
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::ClobberMemory();
  });
  add("MD5 of " + std::to_string(octets) + " octets", octets,
      [from] { benchmark::DoNotOptimize(md5({Octets(from)})); });
}

}  // namespace radhost::bench
