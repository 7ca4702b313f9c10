// SPDX-License-Identifier: Apache-2.0
#include "base/source_file.h"

#include <string>

#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// Larger than what is read at once, and nowhere the same.
std::string much() {
  std::string content;
  for (size_t i = 0; content.size() < 200'000; ++i) content += std::to_string(i) + '\n';
  return content;
}

}  // namespace

TEST_CASE("a file is read whole, however large it is") {
  TemporaryFolder folder;
  for (const std::string& content : {std::string(), std::string("some octets"), much()}) {
    folder.write("file", content);
    auto file = SourceFile::open(folder.path("file"));
    REQUIRE(file.ok());
    auto read = file->read();
    REQUIRE(read.ok());
    CHECK(*read == content);
  }
}

TEST_CASE("a file comes in pieces for as long as more is wanted") {
  TemporaryFolder folder;
  const std::string content = much();
  folder.write("file", content);
  auto file = SourceFile::open(folder.path("file"));
  REQUIRE(file.ok());
  std::string got;
  size_t pieces = 0;
  CHECK_FALSE(file->read([&](std::string_view piece) {
    got += piece;
    return ++pieces < 2;
  }));
  CHECK(pieces == 2);
  CHECK(got.size() < content.size());
  CHECK(content.substr(0, got.size()) == got);
}

TEST_CASE("what is no regular file is not opened") {
  TemporaryFolder folder;
  auto nothing = SourceFile::open(folder.path("nothing"));
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.error() == std::errc::no_such_file_or_directory);
  auto device = SourceFile::open("/dev/null");
  REQUIRE_FALSE(device.ok());
  CHECK(device.error() == std::errc::invalid_argument);
}
