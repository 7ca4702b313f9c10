// SPDX-License-Identifier: Apache-2.0
#include "plugin/token_table.h"

#include <deque>
#include <thread>

#include "catch.h"
#include "plugin/ready_queue.h"
#include "plugin/request.h"
#include "support/small_dictionary.h"

using namespace radhost;

TEST_CASE("a token finds the slot that it names, and nothing else does") {
  Dictionary dictionary;
  TokenTable table;
  std::deque<radius_request> slots;
  for (int i = 0; i < 3000; ++i) {
    slots.emplace_back(dictionary);
    REQUIRE(table.add(slots.back()) == static_cast<uint32_t>(i + 1));
  }
  CHECK(table.find(TokenTable::token(1, 7)) == &slots[0]);
  CHECK(table.find(TokenTable::token(3000, 7)) == &slots[2999]);
  CHECK(table.find(TokenTable::token(3001, 7)) == nullptr);
  CHECK(table.find(TokenTable::token(0, 7)) == nullptr);
  CHECK(table.find(~uint64_t{0}) == nullptr);
  CHECK(TokenTable::serial(TokenTable::token(12, 34)) == 34);
}

TEST_CASE("all that threads push comes out of the queue once, and the first of them wakes the worker") {
  Dictionary dictionary;
  std::deque<radius_request> slots;
  for (int i = 0; i < 400; ++i) slots.emplace_back(dictionary);
  std::atomic<int> woken{0};
  ReadyQueue queue([&] { ++woken; });
  queue.belongs_to_this_thread();
  std::vector<std::thread> threads;
  for (size_t part = 0; part < 4; ++part)
    threads.emplace_back([&, part] {
      for (size_t i = 0; i < 100; ++i) queue.push(slots[part * 100 + i]);
    });
  size_t taken = 0;
  auto take = [&] {
    for (radius_request* request = queue.take(); request != nullptr; request = request->next_ready) ++taken;
  };
  for (int i = 0; i < 1000 && taken < slots.size(); ++i) {
    take();
    std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  take();
  CHECK(taken == slots.size());
  CHECK(woken > 0);
  int before = woken;
  queue.push(slots[0]);  // the worker itself needs no waking
  CHECK(woken == before);
}
