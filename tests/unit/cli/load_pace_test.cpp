// SPDX-License-Identifier: Apache-2.0
#include "cli/load_pace.h"

#include "catch.h"

using namespace radhost;

namespace {

constexpr uint64_t second = 1000000000;
constexpr uint64_t ms = second / 1000;
constexpr uint64_t begin = 77 * second + 5;

/// Takes all that are due by a moment.
std::vector<Pace::Due> take_due(OpenLoop& pace, uint64_t now_ns) {
  std::vector<Pace::Due> taken;
  while (size_t count = pace.due(now_ns, 0))
    for (size_t i = 0; i < count; ++i) taken.push_back(pace.take());
  return taken;
}

}  // namespace

TEST_CASE("a closed loop keeps its window full until its end") {
  ClosedLoop pace(64, begin + second);
  CHECK(pace.due(begin, 0) == 64);
  CHECK(pace.due(begin, 63) == 1);
  CHECK(pace.due(begin, 64) == 0);
  CHECK(pace.due(begin, 65) == 0);
  CHECK(pace.due(begin + second - 1, 10) == 54);
  CHECK_FALSE(pace.is_over(begin + second - 1));
  CHECK(pace.due(begin + second, 10) == 0);
  CHECK(pace.is_over(begin + second));
}

TEST_CASE("a closed loop's requests are due when they are sent") {
  ClosedLoop pace(1, begin + second);
  CHECK_FALSE(pace.take().at_ns);
  CHECK_FALSE(pace.next_ns());
}

TEST_CASE("an open loop's requests are due at even intervals") {
  OpenLoop pace({1000}, second, begin);
  CHECK(pace.due(begin - 1, 0) == 0);
  CHECK(pace.next_ns() == begin);
  CHECK(pace.due(begin, 0) == 1);
  CHECK(pace.take().at_ns == begin);
  CHECK(pace.due(begin, 0) == 0);
  CHECK(pace.next_ns() == begin + ms);
  CHECK(pace.due(begin + ms - 1, 0) == 0);
  CHECK(pace.due(begin + 4 * ms, 0) == 4);
  CHECK(pace.take().at_ns == begin + ms);
  CHECK(pace.take().at_ns == begin + 2 * ms);
}

TEST_CASE("requests that could not be sent in time keep the moment at which they were due") {
  OpenLoop pace({10}, 2 * second, begin);
  auto taken = take_due(pace, begin + second);
  REQUIRE(taken.size() == 11);
  for (size_t i = 0; i < taken.size(); ++i) CHECK(taken[i].at_ns == begin + i * 100 * ms);
}

TEST_CASE("an open loop waits for no answers") {
  OpenLoop pace({1000}, second, begin);
  CHECK(pace.due(begin + 9 * ms, 1000000) == 10);
}

TEST_CASE("a step has as many requests as its rate and its time make, and none is added by rounding") {
  for (double rate : {1.0, 3.0, 7.5, 999.0, 33333.0, 1000000.0}) {
    OpenLoop pace({rate}, 10 * second, begin);
    auto taken = take_due(pace, begin + 20 * second);
    CHECK(taken.size() == static_cast<size_t>(rate * 10));
    CHECK(*taken.back().at_ns < begin + 10 * second);
    CHECK_FALSE(pace.next_ns());
    CHECK(pace.is_over(begin));
  }
}

TEST_CASE("an open loop is not over while something that was due waits") {
  OpenLoop pace({2}, second, begin);
  static_cast<void>(pace.take());
  CHECK_FALSE(pace.is_over(begin + 9 * second));
  static_cast<void>(pace.take());
  CHECK(pace.is_over(begin + 9 * second));
  CHECK(pace.due(begin + 9 * second, 0) == 0);
}

TEST_CASE("a moment at which something is due has something to take, and the moment before has not") {
  for (double rate : {3.0, 7.0, 12345.678, 999999.0}) {
    OpenLoop pace({rate}, second, begin);
    for (int i = 0; i < 20000 && pace.next_ns(); ++i) {
      uint64_t next = *pace.next_ns();
      CHECK(pace.due(next, 0) == 1);
      CHECK(pace.due(next - 1, 0) == 0);
      static_cast<void>(pace.take());
    }
  }
}

TEST_CASE("one rate follows the other, each for its time") {
  OpenLoop pace({10, 20}, second, begin);
  CHECK(pace.end_ns() == begin + 2 * second);
  CHECK(pace.due(begin + second - 1, 0) == 10);
  CHECK(pace.due(begin + second, 0) == 11);
  CHECK(pace.due(begin + 5 * second, 0) == 30);
  auto taken = take_due(pace, begin + 5 * second);
  REQUIRE(taken.size() == 30);
  for (size_t i = 0; i < 10; ++i) CHECK((taken[i].step == 0 && taken[i].at_ns == begin + i * 100 * ms));
  for (size_t i = 10; i < 30; ++i) CHECK((taken[i].step == 1 && taken[i].at_ns == begin + second + (i - 10) * 50 * ms));
}
