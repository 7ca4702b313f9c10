// SPDX-License-Identifier: Apache-2.0
#include "base/turn_queue.h"

#include <functional>

#include "catch.h"

using namespace radhost;

namespace {

struct Task : TurnQueue::Task {
  ~Task() override = default;
  void run() override {
    ++runs;
    if (then) then();
  }
  int runs = 0;
  std::function<void()> then;
};

}  // namespace

TEST_CASE("a task that waits runs once, however often it was added") {
  TurnQueue turn;
  Task task;
  CHECK_FALSE(turn.run());
  turn.add(task);
  turn.add(task);
  CHECK(turn.run());
  CHECK(task.runs == 1);
  CHECK_FALSE(turn.run());
}

TEST_CASE("what is added meanwhile is for the next turn") {
  TurnQueue turn;
  Task task;
  task.then = [&] { turn.add(task); };
  turn.add(task);
  CHECK(turn.run());
  CHECK(task.runs == 1);
  CHECK(turn.run());
  CHECK(task.runs == 2);
  turn.remove(task);
  CHECK_FALSE(turn.run());
}

TEST_CASE("a task that was removed does not run, even if its turn had begun") {
  TurnQueue turn;
  Task first, second;
  first.then = [&] { turn.remove(second); };
  turn.add(first);
  turn.add(second);
  CHECK(turn.run());
  CHECK(first.runs == 1);
  CHECK(second.runs == 0);
  turn.remove(second);
  turn.add(second);
  CHECK(turn.run());
  CHECK(second.runs == 1);
}
