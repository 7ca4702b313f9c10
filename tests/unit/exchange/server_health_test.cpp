// SPDX-License-Identifier: Apache-2.0
#include "exchange/server_health.h"

#include "catch.h"
#include "exchange/server_choice.h"

using namespace radhost;

namespace {

constexpr uint64_t dead_time = 1000;

ServerHealth::Rules rules(bool is_probed) { return {3, dead_time, is_probed, 2}; }

void let_die(ServerHealth& health, uint64_t now) {
  while (!health.is_dead()) static_cast<void>(health.unanswered(now));
}

}  // namespace

TEST_CASE("a server is dead after so many transmissions in a row that it did not answer") {
  ServerHealth health(rules(false));
  CHECK_FALSE(health.unanswered(5));
  CHECK_FALSE(health.unanswered(5));
  CHECK_FALSE(health.is_dead());
  CHECK(health.is_usable(5));
  CHECK(health.unanswered(5));
  CHECK(health.is_dead());
  CHECK_FALSE(health.is_usable(5));
  CHECK_FALSE(health.unanswered(6));  // nothing new
}

TEST_CASE("an answer in between begins the count anew") {
  ServerHealth health(rules(false));
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(health.unanswered(5));
    CHECK_FALSE(health.unanswered(5));
    CHECK_FALSE(health.answered());
  }
  CHECK_FALSE(health.is_dead());
}

TEST_CASE("a dead server is tried again when its time is over; one more failure and it is dead as long again") {
  ServerHealth health(rules(false));
  let_die(health, 5);
  CHECK_FALSE(health.is_usable(5 + dead_time - 1));
  CHECK(health.is_usable(5 + dead_time));
  CHECK_FALSE(health.unanswered(2000));
  CHECK_FALSE(health.is_usable(2000 + dead_time - 1));
  CHECK(health.is_usable(2000 + dead_time));
}

TEST_CASE("a dead server that answers is up at once") {
  ServerHealth health(rules(false));
  let_die(health, 5);
  CHECK(health.answered());
  CHECK(health.is_usable(6));
  CHECK_FALSE(health.is_dead());
  CHECK_FALSE(health.unanswered(7));
}

TEST_CASE("a server that is probed stays dead until it has answered so many probes in a row", "[PRX-9]") {
  ServerHealth health(rules(true));
  let_die(health, 5);
  CHECK_FALSE(health.is_usable(UINT64_MAX - 1));
  CHECK_FALSE(health.probe_answered());
  health.probe_unanswered();
  CHECK_FALSE(health.probe_answered());
  CHECK(health.is_dead());
  CHECK(health.probe_answered());
  CHECK(health.is_usable(6));
}

TEST_CASE("a new request goes to the first server that is not dead", "[PRX-9]") {
  CHECK(choose_first(0b111, 0b111, 0) == 0);
  CHECK(choose_first(0b111, 0b110, 0) == 1);
  CHECK(choose_first(0b111, 0b110, 0b010) == 2);
}

TEST_CASE("where all servers are dead the first one is tried all the same, and each once") {
  CHECK(choose_first(0b111, 0, 0) == 0);
  CHECK(choose_first(0b111, 0, 0b001) == 1);
  CHECK_FALSE(choose_first(0b111, 0b111, 0b111).has_value());
}

TEST_CASE("a request moves only to a server that is up and was not tried", "[PRX-9]") {
  CHECK(choose_next(0b111, 0b001) == 1);
  CHECK(choose_next(0b101, 0b001) == 2);
  CHECK_FALSE(choose_next(0b001, 0b001).has_value());
  CHECK_FALSE(choose_next(0, 0b001).has_value());
}
