// SPDX-License-Identifier: Apache-2.0
#include "plugin/offload_pool.h"

#include <future>

#include "catch.h"
#include "harness.h"

using namespace radhost;

namespace {

constexpr auto patience = std::chrono::seconds(60);

/// What comes of a request that is in the hands of a pool thread, once it is back.
std::optional<ChainOutcome> offloaded(Harness& harness, const std::string& toml) {
  std::promise<void> pushed;
  ReadyQueue ready([&] { pushed.set_value(); });
  auto request = harness.request(RequestKind::Access);
  request->ready = &ready;
  // It waits for its threads when it ends, so it goes first.
  auto instance = harness.create("scripted", toml);
  REQUIRE(instance != nullptr);
  std::vector<std::shared_ptr<Instance>> handlers{instance};
  ChainVersion chain(RequestKind::Access, handlers);
  request->asked = instance.get();
  request->next_handler = 1;
  request->state.open();
  REQUIRE(instance->offload(*request));
  REQUIRE(pushed.get_future().wait_for(patience) == std::future_status::ready);
  CHECK(ready.take() == request.get());
  return chain.resume(*request, 0);
}

}  // namespace

TEST_CASE("a verdict that is given on a pool thread is the request's") {
  Harness harness;
  auto accepted = offloaded(harness, "verdict = 1\n");
  REQUIRE(accepted);
  CHECK(accepted->verdict == Verdict::Accept);
  CHECK(accepted->reason.empty());
}

TEST_CASE("who is on a pool thread asks for none, and answers later with a token alone") {
  Harness harness;
  const std::pair<int, const char*> wrong[] = {{RADIUS_OFFLOAD, "it asked for a pool thread on a pool thread"},
                                               {RADIUS_PENDING, "it returned RADIUS_PENDING without a token"}};
  for (auto [number, why] : wrong) {
    auto failed = offloaded(harness, "verdict = " + std::to_string(number) + "\n");
    REQUIRE(failed);
    CHECK(failed->verdict == Verdict::Failed);
    CHECK(failed->reason == why);
  }
}
