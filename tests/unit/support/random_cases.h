// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catch.h"
#include "support/random.h"

namespace radhost::test {

/// Holds a property against so many random cases. The seed of the one that fails is printed; as RADHOST_TEST_SEED it
/// comes first.
template <class Property>
void for_random_cases(size_t count, Property property) {
  uint64_t first = test_seed();
  for (uint64_t seed = first; seed < first + count; ++seed) {
    INFO("RADHOST_TEST_SEED=" << seed);
    Random random(seed);
    property(random);
  }
}

}  // namespace radhost::test
