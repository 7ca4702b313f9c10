// SPDX-License-Identifier: Apache-2.0
#include "base/timer_queue.h"

#include <algorithm>
#include <deque>
#include <functional>

#include "catch.h"
#include "support/random_cases.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Called : TimerQueue::Timer {
  std::function<void()> action;

 private:
  void expired() override { action(); }
};

struct Fixture {
  TimerQueue queue;
  std::deque<Called> timers{8};
  std::vector<int> calls;

  Fixture() {
    for (size_t i = 0; i < timers.size(); ++i) timers[i].action = [this, i] { calls.push_back(static_cast<int>(i)); };
  }
  ~Fixture() {
    for (Called& timer : timers) queue.stop(timer);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "timers are called in the order in which they are due, and none early") {
  queue.start(timers[0], 300);
  queue.start(timers[1], 100);
  queue.start(timers[2], 200);
  CHECK(queue.next_due() == 100);
  queue.run(99);
  CHECK(calls.empty());
  queue.run(200);
  CHECK(calls == std::vector<int>{1, 2});
  CHECK(queue.next_due() == 300);
  queue.run(1000);
  CHECK(calls == std::vector<int>{1, 2, 0});
  CHECK_FALSE(queue.next_due());
}

TEST_CASE_METHOD(Fixture, "a timer that was stopped is not called") {
  queue.start(timers[0], 100);
  queue.start(timers[1], 50);
  queue.stop(timers[0]);
  queue.stop(timers[2]);  // which never ran
  CHECK_FALSE(timers[0].is_running());
  queue.run(1000);
  CHECK(calls == std::vector<int>{1});
}

TEST_CASE_METHOD(Fixture, "a timer that is started again is due anew") {
  queue.start(timers[0], 100);
  queue.start(timers[0], 300);
  queue.run(200);
  CHECK(calls.empty());
  CHECK(queue.size() == 1);
  queue.run(300);
  CHECK(calls == std::vector<int>{0});
}

TEST_CASE_METHOD(Fixture, "a timer may start itself again, and is called at the next run") {
  timers[0].action = [this] {
    calls.push_back(0);
    queue.start(timers[0], 100);
  };
  queue.start(timers[0], 100);
  queue.run(100);
  CHECK(calls.size() == 1);
  queue.run(100);
  CHECK(calls.size() == 2);
}

TEST_CASE_METHOD(Fixture, "a timer may stop another that is due at the same time") {
  timers[0].action = [this] { queue.stop(timers[1]); };
  queue.start(timers[0], 100);
  queue.start(timers[1], 101);
  queue.run(1000);
  CHECK(calls.empty());
}

TEST_CASE("whatever is started and stopped, what is due comes in order") {
  for_random_cases(200, [](Random& random) {
    TimerQueue queue;
    std::deque<Called> timers(64);
    std::vector<uint64_t> due(timers.size());
    std::vector<uint64_t> calls;
    for (size_t i = 0; i < timers.size(); ++i) timers[i].action = [&, i] { calls.push_back(due[i]); };
    for (int step = 0; step < 200; ++step) {
      size_t i = random.below(timers.size());
      if (random.one_in(3)) {
        queue.stop(timers[i]);
        continue;
      }
      due[i] = random.below(1000);
      queue.start(timers[i], due[i]);
    }
    size_t running = queue.size();
    queue.run(1000);
    CHECK(calls.size() == running);
    CHECK(std::is_sorted(calls.begin(), calls.end()));
  });
}
