// SPDX-License-Identifier: Apache-2.0
#include "../syncer.h"

#include "catch.h"

#include <atomic>

using namespace std::chrono_literals;

TEST_CASE("it ticks again and again") {
  std::atomic<int> ticks = 0;
  acctlog::Syncer syncer(1ms, [&] { ++ticks; });
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (ticks < 3 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
  CHECK(ticks >= 3);
}

TEST_CASE("it ends at once, with a last tick") {
  std::atomic<int> ticks = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    const acctlog::Syncer syncer(1h, [&] { ++ticks; });
  }
  CHECK(ticks <= 1);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}
