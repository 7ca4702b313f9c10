// SPDX-License-Identifier: Apache-2.0
#include "plugin/library.h"

#include <dlfcn.h>

#include <fstream>

#include "catch.h"
#include "harness.h"

using namespace radhost;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Writes a damaged copy of a module.
std::string damaged(Harness& harness, const std::string& name, void (*damage)(std::string&)) {
  std::ifstream from(Harness::file("scripted"), std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(from), {}};
  damage(content);
  std::string path = harness.folder + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace

TEST_CASE("a module is loaded from a private copy named by its SHA-256") {
  Harness harness;
  auto library = harness.load("scripted");
  REQUIRE(library.ok());
  CHECK((*library)->sha256().size() == 64);
  CHECK((*library)->note().id == "org.radhost.test.scripted");
  CHECK((*library)->note().version == "1.0.0");
  CHECK(std::filesystem::exists(harness.folder + "/modules/" + (*library)->sha256() + ".so"));
}

TEST_CASE("a library is gone when its last owner lets go") {
  Harness harness;
  std::string copy;
  {
    auto library = harness.load("scripted");
    REQUIRE(library.ok());
    copy = harness.folder + "/modules/" + (*library)->sha256() + ".so";
    void* loaded = dlopen(copy.c_str(), RTLD_NOW | RTLD_NOLOAD);
    CHECK(loaded != nullptr);
    dlclose(loaded);
  }
  CHECK(dlopen(copy.c_str(), RTLD_NOW | RTLD_NOLOAD) == nullptr);
}

TEST_CASE("a copy that somebody changed is made anew") {
  Harness harness;
  std::string copy;
  {
    auto first = harness.load("scripted");
    REQUIRE(first.ok());
    copy = harness.folder + "/modules/" + (*first)->sha256() + ".so";
  }
  std::ofstream(copy, std::ios::binary | std::ios::trunc) << "spoiled";
  auto second = harness.load("scripted");
  REQUIRE(second.ok());
  CHECK(std::filesystem::file_size(copy) == std::filesystem::file_size(Harness::file("scripted")));
}

TEST_CASE("what is no module is refused with the reason") {
  Harness harness;
  auto refusal = [&](const std::string& path) {
    auto library = Libraries(harness.folder).load(path);
    return library.ok() ? std::string() : library.error();
  };
  CHECK(contains(refusal(harness.folder + "/nothing.so"), "cannot be read"));
  CHECK(contains(refusal(damaged(harness, "empty.so", [](std::string& file) { file.clear(); })), "no ELF file"));
  CHECK(contains(refusal(damaged(harness, "text.so", [](std::string& file) { file = "hello"; })), "no ELF file"));
  CHECK(contains(refusal(damaged(harness, "cut.so", [](std::string& file) { file.resize(70); })), "cut short"));
  CHECK(
      contains(refusal(damaged(harness, "machine.so", [](std::string& file) { file[18] = 0x28; })), "another machine"));
  CHECK(contains(refusal(damaged(harness, "bits.so", [](std::string& file) { file[4] = 1; })), "another machine"));
  CHECK(contains(refusal("/proc/self/exe"), "no radius_plugin_v1 note"));
}

TEST_CASE("a module with a fault is refused with the reason") {
  Harness harness;
  auto refusal = [&](const std::string& module) {
    auto library = harness.load(module);
    return library.ok() ? std::string() : library.error();
  };
  CHECK(contains(refusal("no_entry"), "it exports no radius_plugin_v1"));
  CHECK(contains(refusal("wrong_major"), "it was built for radius_plugin_v2"));
  CHECK(contains(refusal("newer_minor"), "it needs a host with ABI 1.999"));
  CHECK(contains(refusal("newer_descriptor"), "it needs a host with ABI 1.999; this one has 1."));
  CHECK(contains(refusal("short_descriptor"), "its descriptor is missing or too short"));
  CHECK(contains(refusal("no_destroy"), "no create or no destroy"));
  CHECK(contains(refusal("unknown_threading"), "a threading model that this host does not know"));
}
