// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace radhost::test {

/// Random numbers that come again: a seed gives the same ones on every system.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next();
  size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }
  size_t between(size_t least, size_t most) { return least + below(most - least + 1); }
  bool one_in(size_t count) { return below(count) == 0; }
  uint8_t octet() { return static_cast<uint8_t>(next()); }
  std::vector<uint8_t> octets(size_t count);

  /// A size from `least` to `most`: small ones, the ends, and anything between them are all likely.
  size_t size(size_t least, size_t most);

  template <class Choices>
  auto one_of(const Choices& choices) {
    return *(std::begin(choices) + static_cast<std::ptrdiff_t>(below(std::size(choices))));
  }

 private:
  uint64_t state_;
};

/// The number in RADHOST_TEST_SEED; without one, always the same.
uint64_t test_seed();

}  // namespace radhost::test
