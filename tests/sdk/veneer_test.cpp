// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <fstream>

#include "catch.h"
#include "packet/allocations.h"
#include "worker_harness.h"

using namespace radhost;

namespace {

const char* const veneer_table = R"(
users = "users.toml"
log = "some.log"
timeout_ms = 1500
mode = "fast"
secret_file = "secret"
realms = ["a", "b"]
servers = [{ host = "one" }, { host = "two", port = 99 }]
attribute = "Session-Timeout"
strict = true
ratio = 0.25
small = -3
tree = [1, { deep = 42 }]
[weights]
"first key" = 7
[limits]
idle_s = 5
)";

/// A module's instance on a worker's thread.
struct VeneerHarness : WorkerHarness {
  VeneerHarness() { std::ofstream(folder + "/secret") << "hush\n"; }

  /// Its constructor, start and thread; null, with `why`, when one of them fails.
  std::shared_ptr<Instance> start(const std::string& module, const std::string& table) {
    auto instance = create(module, table);
    why = errors.empty() ? "" : errors[0].message;
    if (instance == nullptr) return nullptr;
    why = instance->start();
    if (why.empty()) why = instance->await_start();
    if (why.empty()) why = instance->worker_start(0, thread_services());
    if (why.empty()) return instance;
    CHECK(instance->stop());
    return nullptr;
  }

  /// A handler's verdict, with `why` where it failed.
  Verdict call(const std::shared_ptr<Instance>& instance, std::string_view hex) {
    std::vector<std::shared_ptr<Instance>> handlers{instance};
    ChainVersion chain(RequestKind::Access, handlers);
    radius_request& made = keep(hex);
    ChainOutcome outcome = chain.run(made, 0).value();
    why = outcome.reason;
    chain.finish(made, 0, RADIUS_ACCEPT);
    return outcome.verdict;
  }
  /// A request with these attributes. It stays, as a worker's slots do.
  radius_request& keep(std::string_view hex) {
    octets.push_back(*from_hex(hex));
    return *requests.emplace_back(request(RequestKind::Access, octets.back()));
  }
  static std::string user_name(std::string_view name) {
    std::string hex = "01" + to_hex(std::array{static_cast<uint8_t>(name.size() + 2)});
    return hex + to_hex(octets_of(name));
  }

  std::string texts() const {
    std::string all;
    for (const ConfigError& error : errors) all += error.to_text() + "\n";
    return all;
  }

  std::string why;
  std::deque<std::vector<uint8_t>> octets;
  std::vector<std::unique_ptr<radius_request>> requests;
};

}  // namespace

TEST_CASE("a module in C++ meets what the veneer promises, in create and in a handler") {
  VeneerHarness harness;
  auto veneer = harness.start("veneer", veneer_table);
  INFO(harness.why);
  REQUIRE(veneer != nullptr);
  CHECK(Harness::files_of(*veneer) ==
        std::set<std::string>{harness.folder + "/some.file", harness.folder + "/secret", harness.folder + "/users.toml"});
  Verdict verdict =
      harness.call(veneer, "0105626f62 060600000002 08060a000001 19056f6e65 190574776f f1090501 0600000007");
  INFO(harness.why);
  CHECK(verdict == Verdict::Accept);
  veneer->worker_stop(0);
  CHECK(veneer->stop());
}

TEST_CASE("reading and writing by handles takes no memory") {
  VeneerHarness harness;
  auto frugal = harness.start("frugal", "");
  REQUIRE(frugal != nullptr);
  radius_request& made = harness.keep("0105626f62 19056f6e65 190574776f f1090501 0600000007");
  // The first time makes the lists large enough.
  CHECK(frugal->handle(made, frugal->worker_thread(0)) == RADIUS_ACCEPT);
  made.reply.clear();
  size_t before = test::octets_allocated();
  CHECK(frugal->handle(made, frugal->worker_thread(0)) == RADIUS_ACCEPT);
  CHECK(test::octets_allocated() == before);
  if (before == 0) WARN("allocations are not counted here");
  frugal->worker_stop(0);
  CHECK(frugal->stop());
}

TEST_CASE("every mistake in a table is told at once, where it stands") {
  VeneerHarness harness;
  CHECK(harness.create("veneer", R"(
timeout_ms = 70000
mode = "brisk"
realms = "a"
servers = [{ port = 99 }, { host = "two", port = 70000 }, { host = "" }]
attribute = "User-Name"
small = 200
ratio = 1.5
strict = 1
limits = 5
weights = { a = "heavy" }
secret_env = "RADHOST_TEST_NO_SUCH_VARIABLE"
log = 7
)") == nullptr);
  CHECK(harness.texts() ==
        "test.toml:1:1: a users file is needed\n"
        "test.toml:13:7: text is expected here, not an integer\n"
        "test.toml:2:14: must be from 1 to 60000\n"
        "test.toml:3:8: must be \"slow\" or \"fast\"\n"
        "test.toml:12:14: the environment has no \"RADHOST_TEST_NO_SUCH_VARIABLE\"\n"
        "test.toml:4:10: an array is expected here\n"
        "test.toml:5:12: the key \"host\" is needed\n"
        "test.toml:5:50: must be from 1 to 65535\n"
        "test.toml:5:68: the key \"host\" is needed\n"
        "test.toml:11:17: an integer is expected here, not text\n"
        "test.toml:10:10: a table is expected here\n"
        "test.toml:6:13: User-Name does not hold an integer of this width\n"
        "test.toml:9:10: true or false is expected here, not an integer\n"
        "test.toml:8:9: must be from 0 to 1\n"
        "test.toml:7:9: must be from -128 to 127\n");
}

TEST_CASE("a mistake between two keys, and a key that nobody reads, are told too") {
  VeneerHarness harness;
  CHECK(harness.create("veneer", "users = \"u\"\nsecret = \"s\"\nstrict = true\n") == nullptr);
  CHECK(harness.texts() == "test.toml:3:10: strictly nobody cannot be asked\n");
  harness.errors.clear();
  CHECK(harness.create("veneer", "users = \"\"\nsecret = \"\"\n[limits]\nshare = 2\n") == nullptr);
  CHECK(harness.texts() ==
        "test.toml:1:9: a users file is needed\n"
        "test.toml:2:10: the key \"secret\" is needed\n"
        "test.toml:4:9: must be from 0 to 1\n");
  harness.errors.clear();
  CHECK(harness.create("veneer", std::string("unheard = 1\n") + veneer_table) == nullptr);
  CHECK(harness.texts() == "test.toml:1:1: plugin \"veneer\" has no key \"unheard\"\n");
  harness.errors.clear();
  std::string table = veneer_table;
  table.replace(table.find("port = 99"), 9, "port = 99, prot = 1");
  CHECK(harness.create("veneer", table) == nullptr);
  CHECK(harness.texts() == "test.toml:8:57: plugin \"veneer\" has no key \"prot\"\n");
}

TEST_CASE("what is thrown at the border becomes the status and the words of its sort") {
  VeneerHarness harness;
  const std::pair<const char*, const char*> sorts[] = {{"error", "a back end is gone"},
                                                       {"memory", "out of memory"},
                                                       {"standard", "out of range"},
                                                       {"anything", "an exception of unknown type"},
                                                       {"positive", "a status that is none"}};
  for (auto [what, words] : sorts) {
    const std::string table = std::string("what = \"") + what + "\"\nat = ";
    CHECK(harness.start("throwing", table + "\"create\"") == nullptr);
    CHECK(harness.why == std::string("plugin \"throwing\": ") + words);
    CHECK(harness.start("throwing", table + "\"start\"") == nullptr);
    CHECK(harness.why == std::string("plugin \"throwing\" does not start: ") + words);
    CHECK(harness.start("throwing", table + "\"thread\"") == nullptr);
    CHECK(harness.why == std::string("plugin \"throwing\" does not start on a thread: ") + words);

    auto thrower = harness.start("throwing", table + "\"handler\"");
    REQUIRE(thrower != nullptr);
    CHECK(harness.call(thrower, harness.user_name("now")) == Verdict::Failed);
    CHECK(harness.why == words);
    thrower->worker_stop(0);
    CHECK(thrower->stop());
  }
}

TEST_CASE("what is thrown where nothing can fail goes no further") {
  VeneerHarness harness;
  for (const char* at : {"finish", "reopen", "cancel", "stop"}) {
    auto thrower = harness.start("throwing", std::string("at = \"") + at + "\"");
    REQUIRE(thrower != nullptr);
    CHECK(harness.call(thrower, harness.user_name("now")) == Verdict::Accept);
    thrower->reopen();
    thrower->cancel(1);
    thrower->worker_stop(0);
    CHECK(thrower->stop());
  }
}

TEST_CASE("a start that finishes later has failed when its Starter says so, or is given up") {
  VeneerHarness harness;
  CHECK(harness.start("throwing", "at = \"later\"\n") == nullptr);
  CHECK(harness.why == "plugin \"throwing\" does not start: thought better of it");
  CHECK(harness.start("throwing", "at = \"later\"\nwhat = \"given-up\"\n") == nullptr);
  CHECK(harness.why == "plugin \"throwing\" does not start: it was given up before it had started");
  // A thread's is heard in the loop.
  auto thrower = harness.start("throwing", "at = \"thread-later\"\n");
  REQUIRE(thrower != nullptr);
  CHECK(thrower->worker_started(0) ==
        "plugin \"throwing\" does not start on a thread: it was given up before it had started");
  CHECK(thrower->stop());
}
