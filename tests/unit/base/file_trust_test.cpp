// SPDX-License-Identifier: Apache-2.0
#include "base/file_trust.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Opened {
  explicit Opened(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY | O_NONBLOCK)) {
    REQUIRE(descriptor >= 0);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() { close(descriptor); }
  const int descriptor;
};

std::string why_not(const std::string& path) { return why_untrusted(Opened(path).descriptor, path); }

}  // namespace

TEST_CASE("code is trusted that only its owner and root may have written") {
  TemporaryFolder folder;
  std::string file = folder.write("module", "code");
  for (mode_t mode : std::initializer_list<mode_t>{0400, 0644, 0755, 0775}) {
    REQUIRE(chmod(file.c_str(), mode) == 0);
    CHECK(why_not(file) == "");
  }
}

TEST_CASE("code is not trusted that everybody may have written, or put there") {
  TemporaryFolder folder;
  std::string file = folder.write("inside/module", "code");
  REQUIRE(chmod(file.c_str(), 0666) == 0);
  CHECK(why_not(file) == "everybody may write to it (mode 0666): chmod o-w");
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  REQUIRE(chmod(folder.path("inside").c_str(), 0777) == 0);
  CHECK(why_not(file) ==
        "everybody may put another file in its place: " + folder.path("inside") + " has mode 0777: chmod o-w");
  REQUIRE(chmod(folder.path("inside").c_str(), 01777) == 0);
  CHECK(why_not(file) == "");
}

TEST_CASE("what is no regular file is no code") {
  TemporaryFolder folder;
  REQUIRE(mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK(why_not(folder.path("pipe")) == "it is no regular file");
  CHECK(why_not("/dev/null") == "it is no regular file");
  folder.write("inside/file", "");
  CHECK(why_not(folder.path("inside")) == "it is no regular file");
}

TEST_CASE("code of another user is not trusted") {
  if (geteuid() != 0) return;  // only root can give a file to another user
  TemporaryFolder folder;
  std::string file = folder.write("module", "code");
  REQUIRE(chown(file.c_str(), 54321, 54321) == 0);
  CHECK(why_not(file) == "it belongs to the user number 54321, and to run it would be to trust that user");
}

TEST_CASE("a configuration is not believed that everybody may write to") {
  TemporaryFolder folder;
  std::string file = folder.write("configuration", "");
  CHECK(why_unbelievable(file) == "");
  REQUIRE(chmod(file.c_str(), 0602) == 0);
  CHECK(why_unbelievable(file) == "everybody may write to it (mode 0602): chmod o-w");
  CHECK(why_unbelievable("/dev/null") == "");
}

TEST_CASE("a secret is one where nobody but its owner's group may read it") {
  TemporaryFolder folder;
  std::string file = folder.write("radhost.toml", "secret");
  for (mode_t mode : std::initializer_list<mode_t>{0400, 0600, 0640}) {
    REQUIRE(chmod(file.c_str(), mode) == 0);
    CHECK(why_no_secret(file) == "");
  }
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  CHECK(why_no_secret(file) == "everybody may read it (mode 0644): chmod o-r");
  CHECK(why_no_secret(folder.path("nothing")) == "");
}
