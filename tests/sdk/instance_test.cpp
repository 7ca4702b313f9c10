// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance.h"

#include <fstream>
#include <thread>

#include "base/clock.h"
#include "catch.h"
#include "plugin/explanation.h"
#include "plugin/host_table.h"
#include "worker_harness.h"

using namespace radhost;

namespace {

const char* const probe_table = R"(
text = "hello"
real = 1.5
yes = true
list = [1, { deep = 42 }]
shared_file = "secret"
file = "somewhere"
[table]
"first key" = "x"
)";

std::shared_ptr<Instance> make_probe(Harness& harness, const std::string& more = "") {
  std::ofstream(harness.folder + "/secret") << "hush\n";
  return harness.create("probe", more + probe_table);
}

radius_verdict_t handle(Instance& instance, radius_request& request, RequestKind kind) {
  request.kind = kind;
  return instance.handle(request, instance.worker_thread(0));
}

/// A request whose handler has taken its token, and returned PENDING.
radius_token_t park(radius_request& request, Instance& instance) {
  request.asked = &instance;
  request.caller = std::this_thread::get_id();  // as while its handler runs
  radius_token_t token = host_table().tokens->token(&request);
  request.caller = std::thread::id();
  REQUIRE(request.state.end_call(RADIUS_PENDING) == RequestState::Turn::Others);
  return token;
}

}  // namespace

TEST_CASE("the dictionaries that the tests use are right") {
  Harness harness;
  for (const DictionaryError& error : harness.dictionary_errors) FAIL_CHECK(error.to_text());
}

TEST_CASE("a module in C meets what the headers promise, in create and in a handler") {
  Harness harness;
  auto probe = make_probe(harness);
  for (const ConfigError& error : harness.errors) FAIL_CHECK(error.to_text());
  REQUIRE(probe != nullptr);
  CHECK(Harness::files_of(*probe) == std::set<std::string>{harness.folder + "/some.file", harness.folder + "/secret"});

  auto octets = from_hex("0105626f62 060600000002 04060a000001 1a0c00000009 0106 74657374");
  auto request = harness.request(RequestKind::Access, *octets);
  // The probe rejects, and logs where, when an expectation of its own fails.
  CHECK(handle(*probe, *request, RequestKind::Access) == RADIUS_ACCEPT);
  CHECK(handle(*probe, *request, RequestKind::Accounting) == RADIUS_PASS);
}

TEST_CASE("a module's mistakes are errors where they stand") {
  Harness harness;
  CHECK(make_probe(harness, "spoil = 1\n") == nullptr);
  std::vector<std::string> texts;
  for (const ConfigError& error : harness.errors) texts.push_back(error.to_text());
  CHECK(texts == std::vector<std::string>{"test.toml:1:9: text is expected here, not an integer",
                                          "test.toml:3:8: rejected by the probe",
                                          "elsewhere.conf:3:4: rejected elsewhere"});
}

TEST_CASE("a secret is what its key, the file or the variable that its key names has, and nothing is an error") {
  Harness harness;
  std::ofstream(harness.folder + "/secret") << "hush\nmore\n";
  std::ofstream(harness.folder + "/empty").flush();
  setenv("RADHOST_TEST_SECRET", "hush", 1);
  setenv("RADHOST_TEST_EMPTY", "", 1);
  unsetenv("RADHOST_TEST_UNSET");
  const std::string of_probe = "shared_file = \"secret\"", begin = probe_table;
  const size_t place = begin.find(of_probe);
  auto create_with = [&](const std::string& line) {
    return harness.create("probe", std::string(begin).replace(place, of_probe.size(), line));
  };
  // The probe accepts only when it was "hush".
  auto octets = from_hex("0105626f62 060600000002 04060a000001 1a0c00000009 0106 74657374");
  for (const char* right : {"shared = \"hush\"", "shared_file = \"secret\"", "shared_env = \"RADHOST_TEST_SECRET\""}) {
    INFO(right);
    auto probe = create_with(right);
    REQUIRE(probe != nullptr);
    CHECK(handle(*probe, *harness.request(RequestKind::Access, *octets), RequestKind::Access) == RADIUS_ACCEPT);
  }
  const std::pair<const char*, const char*> wrong[] = {
      {"shared_file = \"absent\"", "6:15: cannot read a secret from \"absent\""},
      {"shared_file = \"empty\"", "6:15: cannot read a secret from \"empty\""},
      {"shared_file = 1", "6:15: text is expected here, not an integer"},
      {"shared_env = \"RADHOST_TEST_UNSET\"", "6:14: the environment has no \"RADHOST_TEST_UNSET\""},
      {"shared_env = \"RADHOST_TEST_EMPTY\"", "6:14: the environment has no \"RADHOST_TEST_EMPTY\""}};
  for (auto [line, why] : wrong) {
    CHECK(create_with(line) == nullptr);
    REQUIRE(harness.errors.size() == 1);
    CHECK(harness.errors[0].to_text() == std::string("test.toml:") + why);
  }
}

TEST_CASE("a key that nobody read is an error") {
  Harness harness;
  CHECK(make_probe(harness, "unheard = 1\n") == nullptr);
  REQUIRE(harness.errors.size() == 1);
  CHECK(harness.errors[0].to_text() == "test.toml:1:1: plugin \"probe\" has no key \"unheard\"");
}

TEST_CASE("a create that fails says why") {
  Harness harness;
  CHECK(harness.create("create_fails") == nullptr);
  REQUIRE(harness.errors.size() == 1);
  CHECK(harness.errors[0].message == "plugin \"create_fails\": the moon is full");
}

TEST_CASE("a start that never finishes is refused when its time is over") {
  Harness harness;
  harness.start_timeout_ms = 50;
  auto instance = harness.create("starts_later");
  REQUIRE(instance != nullptr);
  CHECK(instance->start().empty());
  CHECK(instance->await_start() == "plugin \"starts_later\" does not start: it has not said so within 50 ms");
  CHECK(instance->stop());
}

TEST_CASE("a thread has timers from its start until its end") {
  WorkerHarness harness;
  auto instance = harness.create("delayed", "delay_ms = 1\n");
  REQUIRE(instance != nullptr);
  radius_thread& thread = instance->worker_thread(0);
  const radius_timers_v1_t& timers = *host_table().timers;
  radius_timer_t timer = 0;
  auto start = [&] {
    return timers.start(
        &thread, 1000, [](void*, radius_timer_t, radius_status_t) {}, nullptr, &timer);
  };
  CHECK(start() == RADIUS_ERR_STATE);

  REQUIRE(instance->worker_start(0, harness.thread_services()).empty());
  CHECK(start() == RADIUS_OK);
  CHECK(timers.stop(&thread, timer) == RADIUS_OK);
  CHECK(timers.stop(&thread, timer) == RADIUS_ERR_GONE);
  CHECK(start() == RADIUS_OK);
  CHECK(harness.timers.size() == 1);

  instance->worker_stop(0);
  CHECK(harness.timers.size() == 0);
  CHECK(start() == RADIUS_ERR_STATE);
  CHECK(timers.stop(&thread, timer) == RADIUS_ERR_STATE);
}

TEST_CASE("a timer's callback comes exactly once, unless it is stopped") {
  struct Heard {
    int calls = 0;
    radius_timer_t timer = 0;
    radius_status_t status = RADIUS_ERR_INTERNAL;
    static void call(void* data, radius_timer_t timer, radius_status_t status) {
      auto& heard = *static_cast<Heard*>(data);
      ++heard.calls;
      heard.timer = timer;
      heard.status = status;
    }
  };
  WorkerHarness harness;
  auto instance = harness.create("delayed", "delay_ms = 1\n");
  REQUIRE(instance != nullptr);
  REQUIRE(instance->worker_start(0, harness.thread_services()).empty());
  radius_thread& thread = instance->worker_thread(0);
  const radius_timers_v1_t& timers = *host_table().timers;
  Heard expired, stopped, left;
  radius_timer_t numbers[3] = {};
  CHECK(timers.start(&thread, 0, Heard::call, &expired, &numbers[0]) == RADIUS_OK);
  CHECK(timers.start(&thread, 1000000, Heard::call, &stopped, &numbers[1]) == RADIUS_OK);
  CHECK(timers.start(&thread, 1000000, Heard::call, &left, &numbers[2]) == RADIUS_OK);
  CHECK(expired.calls == 0);
  harness.timers.run(monotonic_ns());
  CHECK(timers.stop(&thread, numbers[1]) == RADIUS_OK);
  CHECK(left.calls == 0);

  instance->worker_stop(0);
  CHECK(harness.timers.size() == 0);
  CHECK(stopped.calls == 0);
  CHECK(expired.calls == 1);
  CHECK(expired.timer == numbers[0]);
  CHECK(expired.status == RADIUS_OK);
  CHECK(left.calls == 1);
  CHECK(left.timer == numbers[2]);
  CHECK(left.status == RADIUS_ERR_GONE);
}

TEST_CASE("at the end of a thread, its timers may stop each other, and begin none") {
  struct Pair {
    radius_thread_t* thread = nullptr;
    radius_timer_t numbers[2] = {};
    int calls = 0;
    radius_status_t stopped = RADIUS_ERR_INTERNAL;
    radius_status_t begun = RADIUS_OK;
    static void call(void* data, radius_timer_t timer, radius_status_t) {
      auto& pair = *static_cast<Pair*>(data);
      ++pair.calls;
      pair.stopped = host_table().timers->stop(pair.thread, pair.numbers[timer == pair.numbers[0] ? 1 : 0]);
      pair.begun = host_table().timers->start(pair.thread, 0, call, data, nullptr);
    }
  };
  WorkerHarness harness;
  auto instance = harness.create("delayed", "delay_ms = 1\n");
  REQUIRE(instance != nullptr);
  REQUIRE(instance->worker_start(0, harness.thread_services()).empty());
  Pair pair;
  pair.thread = &instance->worker_thread(0);
  for (radius_timer_t& number : pair.numbers)
    REQUIRE(host_table().timers->start(pair.thread, 1000000, Pair::call, &pair, &number) == RADIUS_OK);
  instance->worker_stop(0);
  CHECK(pair.calls == 1);
  CHECK(pair.stopped == RADIUS_OK);
  CHECK(pair.begun == RADIUS_ERR_STATE);
  CHECK(harness.timers.size() == 0);
}

TEST_CASE("what a thread says before it completes a request with an error is told with that error") {
  Harness harness;
  auto instance = harness.create("delayed", "delay_ms = 1\n");
  REQUIRE(instance != nullptr);
  std::vector<std::shared_ptr<Instance>> handlers{instance};
  ChainVersion chain(RequestKind::Access, handlers);
  const radius_tokens_v1_t& tokens = *host_table().tokens;
  for (bool holds : {false, true}) {
    for (const std::string said : {"the moon is full", ""}) {
      auto request = harness.request(RequestKind::Access);
      radius_token_t token = park(*request, *instance);
      radius_status_t first = RADIUS_ERR_INTERNAL, second = RADIUS_OK;
      std::string left;
      std::thread([&] {
        radius_request_t* pinned = holds ? tokens.acquire(instance.get(), token) : nullptr;
        if (!said.empty()) host_table().log->explain(instance.get(), to_text(said));
        first = tokens.complete(instance.get(), token, pinned, RADIUS_ERR_IO, 0);
        host_table().log->explain(instance.get(), to_text("too late"));
        second = tokens.complete(instance.get(), token, nullptr, RADIUS_ERR_IO, 0);
        left = take_explanation();
      }).join();
      CHECK(first == RADIUS_OK);
      CHECK(second == RADIUS_ERR_GONE);
      CHECK(left.empty());
      CHECK_FALSE(request->state.is_pinned());
      auto outcome = chain.resume(*request, 0);
      REQUIRE(outcome);
      CHECK(outcome->verdict == Verdict::Failed);
      CHECK(outcome->reason == (said.empty() ? "a file, socket or back end failed" : said));
    }
  }
}

TEST_CASE("a group that is open when a request is completed later is the module's failure, and is ended") {
  Harness harness;
  auto instance = harness.create("delayed", "delay_ms = 1\n");
  REQUIRE(instance != nullptr);
  std::vector<std::shared_ptr<Instance>> handlers{instance};
  ChainVersion chain(RequestKind::Access, handlers);
  const radius_tokens_v1_t& tokens = *host_table().tokens;
  const radius_lists_v1_t& lists = *host_table().lists;
  radius_attr_t group = 0;
  REQUIRE(host_table().dictionary->resolve(instance.get(), to_text("Vendor-Specific.Cisco"), &group) == RADIUS_OK);
  for (bool is_closed : {false, true}) {
    auto request = harness.request(RequestKind::Access);
    radius_token_t token = park(*request, *instance);
    radius_request_t* pinned = tokens.acquire(instance.get(), token);
    REQUIRE(pinned != nullptr);
    for (radius_list_kind_t kind : {RADIUS_LIST_REPLY, RADIUS_LIST_CONTROL}) {
      radius_list_t* list = host_table().requests->list(pinned, kind);
      CHECK(lists.add_named(list, to_text("Reply-Message"), to_text("hello")) == RADIUS_OK);
      CHECK(lists.begin_group(list, group) == RADIUS_OK);
      CHECK(lists.add_named(list, to_text("Cisco-AVPair"), to_text("a=b")) == RADIUS_OK);
      if (is_closed) CHECK(lists.end_group(list) == RADIUS_OK);
    }
    CHECK(tokens.complete(instance.get(), token, pinned, RADIUS_ACCEPT, 0) == RADIUS_OK);
    auto outcome = chain.resume(*request, 0);
    REQUIRE(outcome);
    CHECK(outcome->verdict == (is_closed ? Verdict::Accept : Verdict::Failed));
    CHECK(outcome->reason == (is_closed ? "" : "it left a group of attributes open"));
    CHECK_FALSE(request->reply.has_open_group());
    CHECK_FALSE(request->control.has_open_group());
  }
}

TEST_CASE("lists are prebuilt in create alone, and what an instance made of lists is known until it ends them") {
  Harness harness;
  auto instance = harness.create("delayed", "delay_ms = 1\n");
  REQUIRE(instance != nullptr);
  const radius_lists_v1_t& lists = *host_table().lists;
  radius_list_t* list = nullptr;
  radius_prebuilt_t* prebuilt = nullptr;
  REQUIRE(lists.create_list(instance.get(), &list) == RADIUS_OK);
  CHECK(instance->own_lists().size() == 1);
  CHECK(lists.prebuild(instance.get(), list, &prebuilt) == RADIUS_ERR_STATE);
  lists.destroy_list(list);
  CHECK(instance->own_lists().size() == 0);
}

TEST_CASE("a status given later is heard once, and only while somebody expects it") {
  LaterStatus status;
  CHECK_FALSE(status.give({RADIUS_OK, {}}));
  status.expect();
  CHECK_FALSE(status.peek());
  CHECK(status.give({RADIUS_ERR_IO, "why"}));
  CHECK_FALSE(status.give({RADIUS_OK, {}}));
  auto given = status.take(0);
  REQUIRE(given);
  CHECK(given->status == RADIUS_ERR_IO);
  CHECK(given->why == "why");
  CHECK_FALSE(status.give({RADIUS_OK, {}}));
  status.expect();
  CHECK_FALSE(status.take(1));
  CHECK_FALSE(status.give({RADIUS_OK, {}}));
}
