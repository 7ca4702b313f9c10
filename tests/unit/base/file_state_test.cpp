// SPDX-License-Identifier: Apache-2.0
#include "base/file_state.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("a file that nobody touches stays as it is") {
  TemporaryFolder folder;
  folder.write("file", "some octets");
  FileState before = FileState::of(folder.path("file"));
  CHECK(before.size == 11);
  CHECK(FileState::of(folder.path("file")) == before);
}

TEST_CASE("whatever happens to a file shows") {
  TemporaryFolder folder;
  folder.write("file", "some octets");
  FileState before = FileState::of(folder.path("file"));
  SECTION("other octets of the same number, under the old time") {
    folder.write("file", "more octets");
    timespec times[] = {{before.modified_ns / 1000000000, before.modified_ns % 1000000000},
                        {before.modified_ns / 1000000000, before.modified_ns % 1000000000}};
    REQUIRE(utimensat(AT_FDCWD, folder.path("file").c_str(), times, 0) == 0);
    CHECK(FileState::of(folder.path("file")).modified_ns == before.modified_ns);
  }
  SECTION("another mode") { REQUIRE(chmod(folder.path("file").c_str(), 0600) == 0); }
  SECTION("another file in its place") {
    folder.write("other", "some octets");
    REQUIRE(rename(folder.path("other").c_str(), folder.path("file").c_str()) == 0);
  }
  SECTION("its end") { REQUIRE(unlink(folder.path("file").c_str()) == 0); }
  CHECK_FALSE(FileState::of(folder.path("file")) == before);
}

TEST_CASE("a file that is not there is one state of its own") {
  TemporaryFolder folder;
  FileState before = FileState::of(folder.path("file"));
  CHECK(before == FileState{});
  folder.write("file", "");
  CHECK_FALSE(FileState::of(folder.path("file")) == before);
}
