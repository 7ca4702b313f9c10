// SPDX-License-Identifier: Apache-2.0
#include "exchange/identifiers.h"

#include <set>

#include "catch.h"

using namespace radhost;

TEST_CASE("a socket has 256 different Identifiers, and no other", "[DUP-10]") {
  Identifiers identifiers;
  std::set<uint8_t> taken;
  for (int i = 0; i < 256; ++i) {
    CHECK(identifiers.has_any());
    taken.insert(*identifiers.take());
  }
  CHECK(taken.size() == 256);
  CHECK_FALSE(identifiers.has_any());
  CHECK_FALSE(identifiers.take().has_value());
}

TEST_CASE("the Identifier that has rested longest is taken next", "[DUP-10]") {
  Identifiers identifiers;
  uint8_t first = *identifiers.take();
  uint8_t second = *identifiers.take();
  identifiers.give_back(second);
  identifiers.give_back(first);
  for (int i = 0; i < 254; ++i) {
    uint8_t other = *identifiers.take();
    CHECK(other != first);
    CHECK(other != second);
  }
  CHECK(identifiers.take() == second);
  CHECK(identifiers.take() == first);
  CHECK_FALSE(identifiers.take().has_value());
}

TEST_CASE("Identifiers go round for ever") {
  Identifiers identifiers;
  for (int i = 0; i < 1000; ++i) {
    auto taken = identifiers.take();
    REQUIRE(taken.has_value());
    CHECK(*taken == static_cast<uint8_t>(i));
    identifiers.give_back(*taken);
  }
}
