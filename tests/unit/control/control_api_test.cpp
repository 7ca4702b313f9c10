// SPDX-License-Identifier: Apache-2.0
#include "control/control_api.h"

#include "catch.h"
#include "control/exposition.h"

using namespace radhost;

namespace {

/// Remembers what it was told.
struct FakeControls : Controls {
  std::string status() override { return R"({"pid":1})"; }
  std::string clients() override { return R"({"clients":[]})"; }
  std::string stats() override { return R"({"listeners":{}})"; }
  void collect(Exposition& metrics) override {
    metrics.begin("answer", Exposition::Type::Gauge, "Of everything.");
    metrics.add({}, 42);
  }
  void set_log_level(LogLevel to) override { level = to; }
  void drain() override { ++drains; }
  Outcome reload(const ReloadOptions& options) override {
    return change(std::string("reload") + (options.dry_run ? " dry" : "") + (options.keep_swaps ? " keep" : ""));
  }
  Outcome swap(const std::string& target, const std::string& file) override { return change(target + " " + file); }
  std::shared_ptr<HttpStream> trace(const TraceFilter& filter, std::string& error) override {
    change(filter.user + " " + filter.client + " " + filter.listener + " " + filter.kind);
    if (filter.client != "no.way") return std::make_shared<HttpStream>(1);
    error = "it is refused";
    return nullptr;
  }
  Outcome rollback(const std::string& target) override { return change("back " + target); }
  std::string why_not_taken_over() override { return why_not; }
  void be_taken_over(Descriptor socket) override { change("taken over " + std::to_string(socket.number())); }

  /// Done, but for "no.way".
  Outcome change(const std::string& what) {
    changes.push_back(what);
    if (what.find("no.way") != std::string::npos) return {{}, "it is refused", {"by a fake"}};
    return {R"({"done":true})", {}};
  }

  std::optional<LogLevel> level;
  int drains = 0;
  std::string why_not;
  std::vector<std::string> changes;
};

/// What is answered, now or later.
HttpAnswer in_the_end(const HttpRequest& request, Controls& controls) {
  HttpAnswer answer = answer_control(request, controls);
  return answer.later == nullptr ? answer : answer.later();
}

}  // namespace

TEST_CASE("status and stats are what the server says") {
  FakeControls controls;
  HttpAnswer status = answer_control({"GET", "/v1/status", ""}, controls);
  CHECK(status.status == 200);
  CHECK(status.body == "{\"pid\":1}\n");
  CHECK(answer_control({"GET", "/v1/stats", ""}, controls).body == "{\"listeners\":{}}\n");
}

TEST_CASE("an unknown path is a 404") {
  FakeControls controls;
  for (const char* path : {"", "/", "/v1", "/v1/", "/v1/statu", "/v1/status/", "/v2/status", "/metrics"}) {
    INFO(path);
    HttpAnswer answer = answer_control({"GET", path, ""}, controls);
    CHECK(answer.status == 404);
    CHECK(answer.body == "{\"error\":\"there is no " + std::string(path) + "\",\"details\":[]}\n");
  }
}

TEST_CASE("a wrong method is a 405 that names the right one, and does nothing") {
  FakeControls controls;
  HttpAnswer answer = answer_control({"GET", "/v1/drain", ""}, controls);
  CHECK(answer.status == 405);
  CHECK(answer.allow == "POST");
  CHECK_FALSE(answer.when_sent);
  CHECK(answer_control({"POST", "/v1/status", ""}, controls).allow == "GET");
  CHECK(answer_control({"PUT", "/v1/log", R"({"level": "debug"})"}, controls).status == 405);
  CHECK_FALSE(controls.level.has_value());
}

TEST_CASE("a trace goes on, and leaves out what was not asked for") {
  FakeControls controls;
  HttpAnswer all = answer_control({"GET", "/v1/trace", ""}, controls);
  CHECK(all.status == 200);
  CHECK(all.stream != nullptr);
  HttpAnswer some = answer_control(
      {"GET", "/v1/trace", "", {{"user", "b*"}, {"client", "c"}, {"listener", "l"}, {"kind", "coa"}}}, controls);
  CHECK(some.stream != nullptr);
  CHECK(controls.changes == std::vector<std::string>{"   ", "b* c l coa"});
}

TEST_CASE("a trace of what there is not is refused with the reason") {
  FakeControls controls;
  for (auto& [key, value] : {std::pair("kind", "nonsense"), {"users", "bob"}, {"", ""}}) {
    HttpAnswer answer = answer_control({"GET", "/v1/trace", "", {{key, value}}}, controls);
    CHECK(answer.status == 400);
    CHECK(answer.stream == nullptr);
  }
  HttpAnswer refused = answer_control({"GET", "/v1/trace", "", {{"client", "no.way"}}}, controls);
  CHECK(refused.status == 409);
  CHECK(refused.body == "{\"error\":\"it is refused\",\"details\":[]}\n");
  CHECK(refused.stream == nullptr);
}

TEST_CASE("draining begins once the answer has left") {
  FakeControls controls;
  HttpAnswer answer = answer_control({"POST", "/v1/drain", ""}, controls);
  CHECK(answer.status == 200);
  CHECK(controls.drains == 0);
  REQUIRE(answer.when_sent);
  answer.when_sent();
  CHECK(controls.drains == 1);
}

TEST_CASE("the log level is set to each of its words") {
  FakeControls controls;
  for (std::string_view word : log_level_words) {
    HttpAnswer answer = answer_control({"POST", "/v1/log", "{\"level\": \"" + std::string(word) + "\"}"}, controls);
    CHECK(answer.status == 200);
    CHECK(controls.level == level_by_word(word));
  }
}

TEST_CASE("another level, or a body that names none, is refused and changes nothing") {
  FakeControls controls;
  HttpAnswer unknown = answer_control({"POST", "/v1/log", R"({"level": "loud"})"}, controls);
  CHECK(unknown.status == 400);
  CHECK(unknown.body ==
        "{\"error\":\"\\\"loud\\\" is no log level\",\"details\":[\"it is one of debug, info, warn, error\"]}\n");
  for (const char* body : {"", "debug", "{", "[]", "{}", "null", R"({"level": 1})", R"({"level": ["debug"]})",
                           R"({"level": "debug"} {})", "{\"level\": \"\xff\"}"}) {
    INFO(body);
    CHECK(answer_control({"POST", "/v1/log", body}, controls).status == 400);
  }
  CHECK_FALSE(controls.level.has_value());
}

TEST_CASE("the metrics endpoint has metrics and nothing else") {
  FakeControls controls;
  HttpAnswer metrics = answer_metrics({"GET", "/metrics", ""}, controls);
  CHECK(metrics.status == 200);
  CHECK(std::string_view(metrics.content_type).starts_with("text/plain; version=0.0.4"));
  CHECK(metrics.body.ends_with("answer 42\n"));
  CHECK(answer_metrics({"POST", "/metrics", ""}, controls).status == 405);
  for (const char* path : {"/", "/v1/status", "/v1/drain"})
    CHECK(answer_metrics({"GET", path, ""}, controls).status == 404);
}

TEST_CASE("a reload may be dry, and may keep what was swapped in") {
  FakeControls controls;
  for (const char* body : {"", "{}", R"({"dry_run": true})", R"({"keep_swaps": true, "dry_run": false})",
                           R"({"dry_run": true, "keep_swaps": true})"})
    CHECK(in_the_end({"POST", "/v1/reload", body}, controls).status == 200);
  CHECK(controls.changes ==
        std::vector<std::string>{"reload", "reload", "reload dry", "reload keep", "reload dry keep"});
  for (const char* body : {"[]", "1", "{", "null", R"({"dry_run": 1})", R"({"keep_swaps": "true"})"}) {
    INFO(body);
    CHECK(in_the_end({"POST", "/v1/reload", body}, controls).status == 400);
  }
  CHECK(controls.changes.size() == 5);
}

TEST_CASE("a swap names a listener's plugin and a file") {
  FakeControls controls;
  HttpAnswer answer = in_the_end({"POST", "/v1/swap", R"({"target": "auth.users", "file": "/x.so"})"}, controls);
  CHECK(answer.status == 200);
  CHECK(answer.body == "{\"done\":true}\n");
  CHECK(controls.changes == std::vector<std::string>{"auth.users /x.so"});
}

TEST_CASE("a swap that is refused is a 409 with the reasons") {
  FakeControls controls;
  HttpAnswer answer = in_the_end({"POST", "/v1/swap", R"({"target": "no.way", "file": "/x.so"})"}, controls);
  CHECK(answer.status == 409);
  CHECK(answer.body == "{\"error\":\"it is refused\",\"details\":[\"by a fake\"]}\n");
}

TEST_CASE("a swap without a target or an absolute path is a 400, and does nothing") {
  FakeControls controls;
  for (const char* body : {"", "{", "[]", "{}", R"({"target": "a.b"})", R"({"file": "/x.so"})",
                           R"({"target": "a.b", "file": "x.so"})", R"({"target": "a.b", "file": 1})",
                           R"({"target": [], "file": "/x.so"})", R"({"target": "", "file": "/x.so"})"}) {
    INFO(body);
    CHECK(in_the_end({"POST", "/v1/swap", body}, controls).status == 400);
  }
  CHECK(controls.changes.empty());
}

TEST_CASE("a rollback may name what it is for") {
  FakeControls controls;
  CHECK(in_the_end({"POST", "/v1/rollback", ""}, controls).status == 200);
  CHECK(in_the_end({"POST", "/v1/rollback", "{}"}, controls).status == 200);
  CHECK(in_the_end({"POST", "/v1/rollback", R"({"target": "auth.users"})"}, controls).status == 200);
  CHECK(in_the_end({"POST", "/v1/rollback", R"({"target": "no.way"})"}, controls).status == 409);
  CHECK(in_the_end({"POST", "/v1/rollback", R"({"target": 1})"}, controls).status == 400);
  CHECK(in_the_end({"POST", "/v1/rollback", "["}, controls).status == 400);
  CHECK(controls.changes == std::vector<std::string>{"back ", "back ", "back auth.users", "back no.way"});
}

TEST_CASE("who takes over gets the connection's socket, and is refused where that cannot be") {
  FakeControls controls;
  HttpAnswer answer = answer_control({"POST", "/v1/takeover", ""}, controls);
  CHECK(answer.status == 101);
  REQUIRE(answer.upgrade);
  answer.upgrade(Descriptor());
  CHECK(controls.changes == std::vector<std::string>{"taken over -1"});

  controls.why_not = "the server is ending";
  answer = answer_control({"POST", "/v1/takeover", ""}, controls);
  CHECK(answer.status == 409);
  CHECK_FALSE(answer.upgrade);
  CHECK(answer.body == "{\"error\":\"the server is ending\",\"details\":[]}\n");
  CHECK(answer_control({"GET", "/v1/takeover", ""}, controls).status == 405);
}
