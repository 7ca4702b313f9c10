// SPDX-License-Identifier: Apache-2.0
#include "support/random.h"

#include <algorithm>
#include <cstdlib>

namespace radhost::test {

// SplitMix64 (Steele, Lea, Flood 2014).
uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = state_;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

std::vector<uint8_t> Random::octets(size_t count) {
  std::vector<uint8_t> made(count);
  for (uint8_t& at : made) at = octet();
  return made;
}

size_t Random::size(size_t least, size_t most) {
  constexpr size_t small = 20;
  switch (below(8)) {
    case 0: return least;
    case 1: return most;
    case 2: return between(least, most);
    default: return between(least, std::min(most, least + small));
  }
}

uint64_t test_seed() {
  constexpr uint64_t always_the_same = 20865;
  const char* chosen = std::getenv("RADHOST_TEST_SEED");
  return chosen == nullptr ? always_the_same : std::strtoull(chosen, nullptr, 10);
}

}  // namespace radhost::test
