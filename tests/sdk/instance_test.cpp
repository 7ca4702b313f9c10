// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance.h"

#include <fstream>

#include "catch.h"
#include "harness.h"

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
  CHECK(probe->depends_on() == std::set<std::string>{harness.folder + "/some.file", harness.folder + "/secret"});

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

TEST_CASE("a start that would finish later is refused") {
  Harness harness;
  auto instance = harness.create("starts_later");
  REQUIRE(instance != nullptr);
  CHECK(instance->start() == "plugin \"starts_later\": a start that finishes later is not built yet");
}
