// SPDX-License-Identifier: Apache-2.0
#include "exchange/reconnection.h"

#include "catch.h"

using namespace radhost;

namespace {

constexpr uint64_t second = 1'000'000'000;

}  // namespace

TEST_CASE("the first connection may begin at once, the next one half a second later at the earliest", "[TRN-10]") {
  uint64_t random = GENERATE(uint64_t{0}, uint64_t{12345}, second / 10, UINT64_MAX);
  Reconnection reconnection;
  CHECK(reconnection.may_connect(0));
  reconnection.ended(10 * second, random);
  CHECK_FALSE(reconnection.may_connect(10 * second + second / 2 - 1));
  CHECK(reconnection.may_connect(11 * second));
}

TEST_CASE("each failure doubles the gap, as far as a minute, a tenth more or less", "[TRN-10]") {
  uint64_t random = GENERATE(uint64_t{0}, second / 10, uint64_t{987654321});
  Reconnection reconnection;
  uint64_t previous = 0;
  for (uint64_t now = 0; now < 1000 * second; now = reconnection.not_before_ns()) {
    reconnection.ended(now, random);
    uint64_t gap = reconnection.not_before_ns() - now;
    uint64_t expected = std::min(2 * previous, Reconnection::most_ns);
    if (previous != 0) CHECK(gap >= expected - expected / 10);
    if (previous != 0) CHECK(gap <= expected + expected / 10);
    previous = gap;
  }
  CHECK(previous >= 54 * second);
}

TEST_CASE("an answer makes the next end a first one, and does not bring a connection nearer", "[TRN-10]") {
  Reconnection reconnection;
  for (int i = 0; i < 5; ++i) reconnection.ended(0, 0);
  uint64_t not_before = reconnection.not_before_ns();
  reconnection.answered();
  CHECK(reconnection.not_before_ns() == not_before);
  reconnection.ended(100 * second, 0);
  CHECK(reconnection.may_connect(101 * second));
}
