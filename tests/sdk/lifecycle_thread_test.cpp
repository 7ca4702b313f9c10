// SPDX-License-Identifier: Apache-2.0
#include "plugin/lifecycle_thread.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "catch.h"

using namespace radhost;

namespace {

using Step = LifecycleThread::Step;
constexpr uint32_t plenty_ms = 10000;

/// A step that hangs until it is told to go on.
struct Hanging {
  std::promise<void> told;
  std::shared_future<void> go_on{told.get_future()};
  std::promise<void> ended;

  std::function<void()> job() {
    return [this] {
      go_on.wait();
      ended.set_value();
    };
  }
  void end() {
    told.set_value();
    ended.get_future().wait();
  }
};

}  // namespace

TEST_CASE("all steps run on one thread, which is none of the caller's") {
  LifecycleThread lifecycle;
  std::thread::id first, second;
  CHECK(lifecycle.run({"a", Step::Load, plenty_ms}, [&] { first = std::this_thread::get_id(); }).empty());
  CHECK(lifecycle.run({"b", Step::Stop, plenty_ms}, [&] { second = std::this_thread::get_id(); }).empty());
  CHECK(first == second);
  CHECK(first != std::this_thread::get_id());
  CHECK_FALSE(lifecycle.has_abandoned());
}

TEST_CASE("what a step throws comes out where it was waited for") {
  LifecycleThread lifecycle;
  CHECK_THROWS_AS(lifecycle.run({"a", Step::Create, plenty_ms}, [] { throw std::runtime_error("x"); }),
                  std::runtime_error);
  CHECK(lifecycle.run({"a", Step::Create, plenty_ms}, [] {}).empty());
}

TEST_CASE("a step that hangs is abandoned and named, and others go on") {
  Hanging hanging;
  {
    LifecycleThread lifecycle;
    CHECK(lifecycle.run({"a", Step::Create, 20}, hanging.job()) ==
          "plugin \"a\": create has not returned within 20 ms; its thread is abandoned");
    CHECK(lifecycle.has_abandoned());
    bool ran = false;
    CHECK(lifecycle.run({"b", Step::Load, plenty_ms}, [&] { ran = true; }).empty());
    CHECK(ran);
  }
  hanging.end();
}

TEST_CASE("while a module hangs as it is loaded, none is loaded or unloaded, and all else goes on") {
  Hanging hanging;
  {
    LifecycleThread lifecycle;
    CHECK(lifecycle.run({"a", Step::Load, 20}, hanging.job()) ==
          "plugin \"a\": loading it has not returned within 20 ms; its thread is abandoned");
    bool ran = false;
    CHECK(lifecycle.run({"b", Step::Load, plenty_ms}, [&] { ran = true; }) ==
          "plugin \"b\": not loaded: plugin \"a\" hangs while it is loaded, and holds up all others");
    CHECK(lifecycle.run({"c", Step::Unload, plenty_ms}, [&] { ran = true; }) ==
          "plugin \"c\": not unloaded: plugin \"a\" hangs while it is loaded, and holds up all others");
    CHECK_FALSE(ran);
    CHECK(lifecycle.run({"c", Step::Stop, plenty_ms}, [&] { ran = true; }).empty());
    CHECK(ran);
  }
  hanging.end();
}
