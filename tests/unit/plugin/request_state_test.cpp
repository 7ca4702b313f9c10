// SPDX-License-Identifier: Apache-2.0
#include "plugin/request_state.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

#include "catch.h"

using namespace radhost;

namespace {

using Turn = RequestState::Turn;
using Expiry = RequestState::Expiry;

// Who completes or releases.
constexpr bool holder = true;
constexpr bool outsider = false;

/// Parked: a handler took the token and returned PENDING.
uint32_t park(RequestState& state) {
  state.open();
  state.take_token();
  REQUIRE(state.end_call(RADIUS_PENDING) == Turn::Others);
  return state.serial();
}

}  // namespace

TEST_CASE("a request that is completed later is the worker's with the verdict") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.acquire(serial));
  auto outcome = state.complete(serial, RADIUS_ACCEPT, true, holder);
  CHECK(outcome.status == RADIUS_OK);
  CHECK(outcome.turn == Turn::Worker);
  CHECK(state.completion().verdict == RADIUS_ACCEPT);
  CHECK(state.completion().proxied);
  CHECK_FALSE(state.completion().ended);
}

TEST_CASE("a completion before the handler has returned waits for it") {
  RequestState state;
  state.open();
  CHECK(state.complete(state.serial(), RADIUS_REJECT, false, outsider).turn == Turn::Others);
  CHECK(state.end_call(RADIUS_PENDING) == Turn::Worker);
  CHECK(state.completion().verdict == RADIUS_REJECT);
}

TEST_CASE("a handler that completes and gives another verdict has failed") {
  RequestState state;
  state.open();
  CHECK(state.complete(state.serial(), RADIUS_ACCEPT, false, outsider).status == RADIUS_OK);
  CHECK(state.end_call(RADIUS_REJECT) == Turn::Worker);
  CHECK(state.completion().verdict == RADIUS_ERR_STATE);
}

TEST_CASE("a second completion is told that the request is gone, and changes nothing") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.complete(serial, RADIUS_ACCEPT, false, outsider).turn == Turn::Worker);
  auto second = state.complete(serial, RADIUS_REJECT, false, outsider);
  CHECK(second.status == RADIUS_ERR_GONE);
  CHECK(second.turn == Turn::Others);
  CHECK(state.completion().verdict == RADIUS_ACCEPT);
}

TEST_CASE("a token of an earlier use finds nothing") {
  RequestState state;
  uint32_t serial = park(state);
  REQUIRE(state.complete(serial, RADIUS_PASS, false, outsider).turn == Turn::Worker);
  state.close();
  CHECK_FALSE(state.acquire(serial));
  CHECK(state.complete(serial, RADIUS_ACCEPT, false, outsider).status == RADIUS_ERR_GONE);
  CHECK(state.release(serial, holder).status == RADIUS_ERR_GONE);
  uint32_t next = park(state);
  CHECK(next != serial);
  CHECK_FALSE(state.acquire(serial));
  CHECK(state.acquire(next));
}

TEST_CASE("one holder at a time") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.acquire(serial));
  CHECK_FALSE(state.acquire(serial));
  CHECK(state.release(serial, holder).status == RADIUS_OK);
  CHECK(state.release(serial, holder).status == RADIUS_ERR_STATE);
  CHECK(state.acquire(serial));
}

TEST_CASE("when the deadline passes while nobody holds it, it is the worker's and its token is void") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.expire() == Expiry::Free);
  state.close();
  CHECK_FALSE(state.acquire(serial));
  CHECK(state.complete(serial, RADIUS_ACCEPT, false, outsider).status == RADIUS_ERR_GONE);
}

TEST_CASE("when the deadline passes while somebody holds it, the worker gets it when they let go") {
  for (bool completes : {true, false}) {
    RequestState state;
    uint32_t serial = park(state);
    REQUIRE(state.acquire(serial));
    CHECK(state.expire() == Expiry::Held);
    auto outcome = completes ? state.complete(serial, RADIUS_ACCEPT, false, holder) : state.release(serial, holder);
    CHECK(outcome.status == RADIUS_ERR_GONE);
    CHECK(outcome.turn == Turn::Worker);
    CHECK(state.completion().ended);
  }
}

TEST_CASE("when the deadline passes during a call, the worker gets it when the call returns") {
  RequestState state;
  state.open();
  CHECK(state.expire() == Expiry::Held);
  CHECK(state.has_ended());
  CHECK(state.complete(state.serial(), RADIUS_ACCEPT, false, outsider).status == RADIUS_ERR_GONE);
  CHECK(state.end_call(RADIUS_ACCEPT) == Turn::Worker);
  CHECK(state.completion().ended);
}

TEST_CASE("a deadline that comes after the completion does nothing") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.complete(serial, RADIUS_ACCEPT, false, outsider).turn == Turn::Worker);
  CHECK(state.expire() == Expiry::Completed);
  CHECK(state.completion().verdict == RADIUS_ACCEPT);
  CHECK_FALSE(state.completion().ended);
}

TEST_CASE("a number that is no verdict stays none however large it is") {
  for (int32_t number : {0, 9, 70000, -70000, INT32_MAX, INT32_MIN}) {
    RequestState state;
    uint32_t serial = park(state);
    state.complete(serial, number, false, outsider);
    int32_t kept = state.completion().verdict;
    CHECK((kept < RADIUS_ACCEPT || kept > RADIUS_OFFLOAD));
    CHECK((kept < 0) == (number < 0));
  }
}

TEST_CASE("while a request is held, nobody else completes it or lets go of it") {
  RequestState state;
  uint32_t serial = park(state);
  REQUIRE(state.acquire(serial));
  for (auto refused : {state.complete(serial, RADIUS_REJECT, false, outsider), state.release(serial, outsider)}) {
    CHECK(refused.status == RADIUS_ERR_STATE);
    CHECK(refused.turn == Turn::Others);
  }
  CHECK(state.is_pinned());
  CHECK(state.complete(serial, RADIUS_ACCEPT, false, holder).turn == Turn::Worker);
  CHECK(state.completion().verdict == RADIUS_ACCEPT);
}

TEST_CASE("who says that they hold what nobody holds completes nothing and lets go of nothing") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.complete(serial, RADIUS_REJECT, false, holder).status == RADIUS_ERR_STATE);
  CHECK(state.release(serial, holder).status == RADIUS_ERR_STATE);
  CHECK(state.release(serial, outsider).status == RADIUS_ERR_STATE);
  CHECK(state.complete(serial, RADIUS_ACCEPT, false, outsider).turn == Turn::Worker);
  CHECK(state.completion().verdict == RADIUS_ACCEPT);
}

TEST_CASE("when the deadline passes while somebody holds it, it is gone for the others, and stays held") {
  RequestState state;
  uint32_t serial = park(state);
  REQUIRE(state.acquire(serial));
  REQUIRE(state.expire() == Expiry::Held);
  auto outcome = state.complete(serial, RADIUS_ACCEPT, false, outsider);
  CHECK(outcome.status == RADIUS_ERR_GONE);
  CHECK(outcome.turn == Turn::Others);
  CHECK(state.is_pinned());
  CHECK(state.release(serial, outsider).status == RADIUS_ERR_STATE);
  CHECK(state.release(serial, holder).turn == Turn::Worker);
}

TEST_CASE("when a handler gives the verdict while somebody holds it, the worker gets it when they let go") {
  for (bool completes : {true, false}) {
    RequestState state;
    state.open();
    state.take_token();
    uint32_t serial = state.serial();
    REQUIRE(state.acquire(serial));
    CHECK(state.end_call(RADIUS_ACCEPT) == Turn::Others);
    CHECK(state.complete(serial, RADIUS_REJECT, false, outsider).status == RADIUS_ERR_GONE);
    CHECK(state.is_pinned());
    auto outcome = completes ? state.complete(serial, RADIUS_REJECT, false, holder) : state.release(serial, holder);
    CHECK(outcome.status == (completes ? RADIUS_ERR_GONE : RADIUS_OK));
    CHECK(outcome.turn == Turn::Worker);
    CHECK(state.completion().verdict == RADIUS_ACCEPT);
  }
}

TEST_CASE("who completes a request and holds it on gives it to the worker when they let go") {
  for (bool holds : {holder, outsider}) {
    for (bool expires : {true, false}) {
      RequestState state;
      uint32_t serial = park(state);
      if (holds) REQUIRE(state.acquire(serial));
      auto outcome = state.complete_and_hold(serial, RADIUS_ERR_IO, false, holds);
      CHECK(outcome.status == RADIUS_OK);
      CHECK(outcome.turn == Turn::Others);
      CHECK_FALSE(state.acquire(serial));
      CHECK(state.complete(serial, RADIUS_ACCEPT, false, outsider).status == RADIUS_ERR_GONE);
      if (expires) CHECK(state.expire() == Expiry::Held);
      outcome = state.release(serial, holder);
      CHECK(outcome.status == (expires ? RADIUS_ERR_GONE : RADIUS_OK));
      CHECK(outcome.turn == Turn::Worker);
      CHECK(state.completion().verdict == RADIUS_ERR_IO);
      CHECK(state.completion().ended == expires);
    }
  }
}

TEST_CASE("who cannot complete a request does not hold it on") {
  RequestState state;
  uint32_t serial = park(state);
  CHECK(state.complete_and_hold(serial, RADIUS_ERR_IO, false, holder).status == RADIUS_ERR_STATE);
  CHECK_FALSE(state.is_pinned());
  REQUIRE(state.acquire(serial));
  CHECK(state.complete_and_hold(serial, RADIUS_ERR_IO, false, outsider).status == RADIUS_ERR_STATE);
  REQUIRE(state.expire() == Expiry::Held);
  auto outcome = state.complete_and_hold(serial, RADIUS_ERR_IO, false, holder);
  CHECK(outcome.status == RADIUS_ERR_GONE);
  CHECK(outcome.turn == Turn::Worker);
  CHECK_FALSE(state.is_pinned());
}

TEST_CASE("in every order of what may happen, it is completed once at most, by who may, and comes back once") {
  enum Step {
    Acquire,
    Complete,
    Intrude,
    EndCall,
    Expire,
    steps
  };
  std::array<int, steps> order{};
  std::iota(order.begin(), order.end(), 0);
  size_t orders = 0;
  do {
    RequestState state;
    state.open();
    state.take_token();
    uint32_t serial = state.serial();
    bool is_held = false, is_called = true, is_ended = false;
    int completed = 0, told = 0;
    auto tell = [&](Turn turn) {
      if (turn != Turn::Worker) return;
      ++told;
      CHECK_FALSE(is_held);
      CHECK_FALSE(is_called);
    };
    for (int step : order) {
      bool is_gone = completed != 0 || is_ended;
      if (step == Acquire) {
        is_held = state.acquire(serial);
        CHECK(is_held == !is_gone);
      } else if (step == Complete && is_held) {
        is_held = false;
        auto outcome = state.complete(serial, RADIUS_ACCEPT, false, holder);
        CHECK(outcome.status == (is_gone ? RADIUS_ERR_GONE : RADIUS_OK));
        completed += outcome.status == RADIUS_OK;
        tell(outcome.turn);
      } else if (step == Intrude) {
        auto outcome = state.complete(serial, RADIUS_REJECT, false, outsider);
        CHECK(outcome.status == (is_gone ? RADIUS_ERR_GONE : is_held ? RADIUS_ERR_STATE : RADIUS_OK));
        completed += outcome.status == RADIUS_OK;
        tell(outcome.turn);
      } else if (step == EndCall) {
        is_called = false;
        tell(state.end_call(RADIUS_PENDING));
      } else if (step == Expire) {
        Expiry expiry = state.expire();
        is_ended = expiry != Expiry::Completed;
        CHECK((expiry == Expiry::Held) == (is_held || is_called));
        if (expiry == Expiry::Free) ++told;
      }
    }
    if (is_held) {
      is_held = false;
      tell(state.release(serial, holder).turn);
    }
    CHECK(completed <= 1);
    CHECK(told == 1);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(orders == 120);
}

TEST_CASE("whoever races, the worker is told exactly once, and only when nobody holds the request") {
  constexpr int rounds = 2000;
  for (int round = 0; round < rounds; ++round) {
    RequestState state;
    state.open();
    state.take_token();
    uint32_t serial = state.serial();
    std::atomic<int> told{0};
    std::atomic<int> completed{0};
    std::atomic<int> holders{0};
    int shared = 0;  // what a holder writes: ThreadSanitizer watches it
    auto tell = [&](Turn turn) {
      if (turn != Turn::Worker) return;
      ++told;
      if (holders != 0) std::abort();
      ++shared;
    };
    auto hold = [&](bool completes) {
      for (int attempt = 0; attempt < 3; ++attempt) {
        if (!state.acquire(serial)) continue;
        ++holders;
        ++shared;
        --holders;
        auto outcome = completes ? state.complete(serial, RADIUS_ACCEPT, false, holder) : state.release(serial, holder);
        if (completes && outcome.status == RADIUS_OK) ++completed;
        tell(outcome.turn);
      }
    };
    std::atomic<bool> free_at_deadline{false};
    std::thread one([&] { hold(true); });
    std::thread two([&] { hold(round % 2 == 0); });
    std::thread intruder([&] {
      auto outcome = state.complete(serial, RADIUS_REJECT, false, outsider);
      if (outcome.status == RADIUS_OK) ++completed;
      tell(outcome.turn);
    });
    std::thread caller([&] { tell(state.end_call(RADIUS_PENDING)); });
    std::thread deadline([&] {
      if (state.expire() == Expiry::Free) {
        free_at_deadline = true;
        ++shared;
      }
    });
    for (std::thread* thread : {&one, &two, &intruder, &caller, &deadline}) thread->join();
    CHECK(completed <= 1);
    CHECK(told + (free_at_deadline ? 1 : 0) == 1);
    CHECK(shared > 0);
  }
}
