// SPDX-License-Identifier: Apache-2.0
#include "plugin/extensions.h"

#include "catch.h"
#include "worker_harness.h"

using namespace radhost;

namespace {

/// An instance of the module that tries the extensions.
struct ExtensionsHarness : WorkerHarness {
  std::shared_ptr<Instance> start() {
    auto made = create("extensions");
    for (const ConfigError& error : errors) FAIL_CHECK(error.to_text());
    if (made != nullptr) CHECK(made->worker_start(0, thread_services()).empty());
    return made;
  }

  /// Calls the handler with this User-Name.
  std::unique_ptr<radius_request> call(Instance& instance, const std::string& name) {
    octets.push_back({1, static_cast<uint8_t>(name.size() + 2)});
    octets.back().insert(octets.back().end(), name.begin(), name.end());
    auto made = request(RequestKind::Access, octets.back());
    verdict = instance.handle(*made, instance.worker_thread(0));
    if (verdict == RADIUS_PENDING) made->state.end_call(verdict);
    return made;
  }
  std::string message(const radius_request& from) const { return first_text(from.reply, "Reply-Message"); }

  std::deque<std::vector<uint8_t>> octets;
  radius_verdict_t verdict = 0;
};

}  // namespace

TEST_CASE("each extension is found by its id, and nothing by another") {
  CHECK(find_extension(RADIUS_EXT_CLIENT) == &client_table());
  CHECK(find_extension(RADIUS_EXT_STORE) == &store_table());
  CHECK(find_extension(RADIUS_EXT_METRICS) == &metrics_table());
  CHECK(find_extension(RADIUS_EXT_FD) == &fd_table());
  CHECK(find_extension(RADIUS_EXT_SUBREQUEST) == &subrequest_table());
  for (const char* id : {"", "radius.store", "radius.store/2", "radius.store/1 ", "Radius.store/1"})
    CHECK(find_extension(id) == nullptr);
}

TEST_CASE("a store's answer comes in the thread's turn, and not before") {
  ExtensionsHarness harness;
  auto instance = harness.start();
  REQUIRE(instance != nullptr);
  auto put = harness.call(*instance, "store put key value");
  auto get = harness.call(*instance, "store get key");
  CHECK(harness.message(*put).empty());
  CHECK(harness.turn.run());
  CHECK(harness.message(*put) == "0");
  CHECK(harness.message(*get) == "0 value");
  CHECK_FALSE(harness.turn.run());
  instance->worker_stop(0);
}

TEST_CASE("what waits for the store when its thread ends is gone, and nothing more is asked") {
  ExtensionsHarness harness;
  auto instance = harness.start();
  REQUIRE(instance != nullptr);
  auto put = harness.call(*instance, "store put key value");
  auto get = harness.call(*instance, "store get key");
  // The module's thread_stop asks once more, and logs when that is not refused.
  instance->worker_stop(0);
  CHECK(harness.message(*put) == "-10");
  CHECK(harness.message(*get) == "-10");
  CHECK_FALSE(harness.turn.run());
}

TEST_CASE("an instance that is gone leaves its metrics' names to others") {
  ExtensionsHarness harness;
  PluginConfig first, second;
  first.name = "first";
  second.name = "second";
  first.config = *read_toml("", "first.toml", harness.errors);
  second.config = *read_toml("as = \"test_events\"", "second.toml", harness.errors);
  auto library = *harness.load("extensions");
  auto counts = harness.create(first, library);
  REQUIRE(counts != nullptr);
  CHECK(counts->metrics().count() == 4);
  CHECK(harness.create(second, library) == nullptr);
  REQUIRE(harness.errors.size() == 1);
  CHECK(harness.errors[0].message ==
        "plugin \"second\": metric \"test_events\": it is a metric of another kind in plugin \"first\"");
  harness.errors.clear();
  counts.reset();
  CHECK(harness.create(second, library) != nullptr);
}
