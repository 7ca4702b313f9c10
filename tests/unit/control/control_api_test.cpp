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

  std::optional<LogLevel> level;
  int drains = 0;
};

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

TEST_CASE("what is not built yet is a 501") {
  FakeControls controls;
  for (auto& [method, name] : {std::pair("POST", "reload"), {"POST", "swap"}, {"POST", "rollback"}, {"GET", "trace"}}) {
    HttpAnswer answer = answer_control({method, "/v1/" + std::string(name), ""}, controls);
    CHECK(answer.status == 501);
    CHECK(answer.body == "{\"error\":\"" + std::string(name) + " is not built yet\",\"details\":[]}\n");
  }
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
