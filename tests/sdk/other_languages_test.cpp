// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>

#include <thread>

#include "catch.h"
#include "harness.h"
#include "plugin/explanation.h"

using namespace radhost;

namespace {

struct Life {
  radius_verdict_t verdict = 0;
  std::string explanation;
  bool stays = false;  ///< in memory, after its last owner has let go
};

/// One request through one instance, from loading to unloading.
Life live(const std::string& module, const std::string& toml, const std::string& attributes) {
  Harness harness;
  Life life;
  std::string copy;
  {
    auto instance = harness.create(module, toml);
    for (const ConfigError& error : harness.errors) FAIL_CHECK(error.to_text());
    REQUIRE(instance != nullptr);
    CHECK(instance->library().findings().empty());
    copy = harness.folder + "/modules/" + instance->library().sha256() + ".so";
    auto octets = from_hex(attributes);
    auto request = harness.request(RequestKind::Access, *octets);
    clear_explanation();
    life.verdict = instance->handle(*request, instance->worker_thread(0));
    if (life.verdict < 0) life.explanation = take_explanation(life.verdict);
  }
  void* left = dlopen(copy.c_str(), RTLD_NOW | RTLD_NOLOAD);
  life.stays = left != nullptr;
  if (left != nullptr) dlclose(left);
  return life;
}

const char* const networks = "unknown = \"reject\"\nnetworks = { office = 10 }\n";

}  // namespace

TEST_CASE("the examples in C and in Rust decide, and are gone when their last owner lets go") {
  for (const std::string module : {"vlan_c11", "vlan_rust"}) {
    INFO(module);
    Life listed = live(module, networks, "1e0e 30302d31313a6f6666696365");
    CHECK(listed.verdict == RADIUS_PASS);
    CHECK_FALSE(listed.stays);
    Life unlisted = live(module, networks, "1e0e 30302d31313a6f6666696366");
    CHECK(unlisted.verdict == RADIUS_REJECT);
    CHECK_FALSE(unlisted.stays);
  }
}

TEST_CASE("a panic is an explained error, and pins nothing") {
  Life panicked = live("panics_rust", "", "0107 70616e6963");
  CHECK(panicked.verdict == RADIUS_ERR_EXCEPTION);
  CHECK(panicked.explanation == "it panicked for 5 octets");
  CHECK_FALSE(panicked.stays);
  Life well = live("panics_rust", "", "0105 626f62");
  CHECK(well.verdict == RADIUS_ACCEPT);
  CHECK_FALSE(well.stays);
}

TEST_CASE("a thread-local variable with a destructor keeps a module in Rust, until its thread ends") {
  std::thread([] {
    Life pinned = live("panics_rust", "", "0105 70696e");
    CHECK(pinned.verdict == RADIUS_ACCEPT);
    CHECK(pinned.stays);
  }).join();
}
