// SPDX-License-Identifier: Apache-2.0
#include "exchange/connection_watchdog.h"

#include "catch.h"

using namespace radhost;

namespace {

constexpr uint64_t second = 1'000'000'000;
constexpr uint64_t usual = 30 * second;
using State = ConnectionWatchdog::State;
using Action = ConnectionWatchdog::Action;

ConnectionWatchdog opened(bool was_down = false) {
  ConnectionWatchdog watchdog(usual);
  watchdog.opened(was_down, 0, 0);
  return watchdog;
}

}  // namespace

TEST_CASE("a watchdog is due after 30 s, 2 s more or less, and both ends occur", "[TRN-9]") {
  uint64_t least = UINT64_MAX, most = 0;
  for (uint64_t random = 0; random <= 4 * second; random += second / 10) {
    ConnectionWatchdog watchdog(usual);
    watchdog.opened(false, 100 * second, random);
    least = std::min(least, watchdog.due_ns() - 100 * second);
    most = std::max(most, watchdog.due_ns() - 100 * second);
  }
  CHECK(least == 28 * second);
  CHECK(most == 32 * second);
}

TEST_CASE("an answer to a request, or to Status-Server, begins the time anew", "[TRN-9]") {
  ConnectionWatchdog watchdog = opened();
  watchdog.answered(20 * second, 2 * second);
  CHECK(watchdog.due_ns() == 50 * second);
  CHECK(watchdog.expired(50 * second, 2 * second) == Action::Send);
  CHECK_FALSE(watchdog.watchdog_answered(51 * second, 2 * second));
  CHECK(watchdog.due_ns() == 81 * second);
  CHECK(watchdog.expired(81 * second, 2 * second) == Action::Send);
  CHECK(watchdog.is_okay());
}

TEST_CASE("one silence suspends, a second one closes", "[TRN-9]") {
  ConnectionWatchdog watchdog = opened();
  CHECK(watchdog.expired(30 * second, 0) == Action::Send);
  CHECK(watchdog.is_okay());
  CHECK(watchdog.expired(60 * second, 0) == Action::Suspend);
  CHECK(watchdog.state() == State::Suspect);
  CHECK(watchdog.expired(90 * second, 0) == Action::Close);
  CHECK(watchdog.state() == State::Down);
}

TEST_CASE("any answer ends a suspension", "[TRN-9]") {
  bool is_of_watchdog = GENERATE(true, false);
  ConnectionWatchdog watchdog = opened();
  watchdog.expired(30 * second, 0);
  watchdog.expired(60 * second, 0);
  if (is_of_watchdog) CHECK(watchdog.watchdog_answered(61 * second, 0));
  else watchdog.answered(61 * second, 0);
  CHECK(watchdog.is_okay());
}

TEST_CASE("a connection to a server that was down is used after three answers, and not before", "[TRN-9]") {
  ConnectionWatchdog watchdog(usual);
  CHECK(watchdog.opened(true, 0, 0) == Action::Send);
  for (uint64_t round = 1; round <= 2; ++round) {
    CHECK_FALSE(watchdog.watchdog_answered(round * 30 * second - second, 0));
    CHECK(watchdog.state() == State::Reopen);
    CHECK(watchdog.expired(round * 30 * second, 0) == Action::Send);
  }
  CHECK(watchdog.watchdog_answered(61 * second, 0));
  CHECK(watchdog.is_okay());
}

TEST_CASE("an answer to a request proves nothing of a connection that is not trusted yet", "[TRN-9]") {
  ConnectionWatchdog watchdog = opened(true);
  watchdog.answered(second, 0);
  CHECK(watchdog.state() == State::Reopen);
}

TEST_CASE("a silence before three answers costs those that there were, a second one the connection", "[TRN-9]") {
  ConnectionWatchdog watchdog = opened(true);
  CHECK_FALSE(watchdog.watchdog_answered(second, 0));
  CHECK(watchdog.expired(30 * second, 0) == Action::Send);
  CHECK(watchdog.expired(60 * second, 0) == Action::None);
  SECTION("then it is silent still") { CHECK(watchdog.expired(90 * second, 0) == Action::Close); }
  SECTION("then it answers, and must do so anew") {
    for (int i = 0; i < 3; ++i) CHECK_FALSE(watchdog.watchdog_answered(70 * second, 0));
    CHECK(watchdog.watchdog_answered(70 * second, 0));
  }
}

TEST_CASE("without an interval nothing is asked, and every connection is trusted", "[TRN-9]") {
  ConnectionWatchdog watchdog(0);
  CHECK(watchdog.opened(true, 0, 0) == Action::None);
  CHECK(watchdog.is_okay());
  CHECK_FALSE(watchdog.is_running());
}
