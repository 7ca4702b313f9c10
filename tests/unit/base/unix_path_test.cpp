// SPDX-License-Identifier: Apache-2.0
#include "base/unix_path.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// A socket listens at `path`, then another connects to it. The error of the first step that fails.
int listen_and_connect(const std::string& path) {
  int listening = socket(AF_UNIX, SOCK_STREAM, 0), connecting = socket(AF_UNIX, SOCK_STREAM, 0);
  int error = bind_to_path(listening, path);
  if (error == 0) error = listen(listening, 1) == 0 ? 0 : errno;
  if (error == 0) error = connect_to_path(connecting, path);
  close(connecting);
  close(listening);
  return error;
}

}  // namespace

TEST_CASE("a socket is bound where its path says, and found there") {
  TemporaryFolder folder;
  CHECK(listen_and_connect(folder.path("control.sock")) == 0);
  CHECK(std::filesystem::is_socket(folder.path("control.sock")));
}

TEST_CASE("a path that is longer than the system takes works too") {
  TemporaryFolder folder;
  std::string deep = folder.path(std::string(100, 'a') + "/" + std::string(100, 'b'));
  std::filesystem::create_directories(deep);
  CHECK(listen_and_connect(deep + "/control.sock") == 0);
  CHECK(std::filesystem::is_socket(deep + "/control.sock"));
}

TEST_CASE("a path in a folder that is not there is an error, however long it is") {
  TemporaryFolder folder;
  CHECK(listen_and_connect(folder.path("none/control.sock")) == ENOENT);
  CHECK(listen_and_connect(folder.path(std::string(120, 'a') + "/control.sock")) == ENOENT);
}

TEST_CASE("a file name that is itself too long is an error, and no other file is made") {
  TemporaryFolder folder;
  CHECK(listen_and_connect(folder.path(std::string(120, 'a'))) == ENAMETOOLONG);
  CHECK(std::filesystem::is_empty(folder.path("")));
}
