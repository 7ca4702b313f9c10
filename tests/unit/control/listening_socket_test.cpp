// SPDX-License-Identifier: Apache-2.0
#include "control/listening_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/unix_path.h"
#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

namespace fs = std::filesystem;

/// A group that a new socket would not belong to by itself; who is not root has none to give away.
gid_t another_group() { return geteuid() == 0 ? 65534 : getegid(); }

/// What a server that was killed leaves behind.
void leave_dead_socket(const std::string& path) {
  int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(bind_to_path(socket, path) == 0);
  close(socket);
}

struct stat status_of(const std::string& path) {
  struct stat found {};
  REQUIRE(lstat(path.c_str(), &found) == 0);
  return found;
}

}  // namespace

TEST_CASE("the control socket is for its owner and its group, whatever the umask") {
  TemporaryFolder folder;
  for (mode_t mask : {0000u, 0022u, 0077u}) {
    mode_t before = umask(mask);
    auto socket = ListeningSocket::at_path(folder.path("control.sock"), {geteuid(), another_group()});
    mode_t kept = umask(before);
    REQUIRE(socket.ok());
    CHECK(kept == mask);
    struct stat found = status_of(folder.path("control.sock"));
    CHECK(found.st_mode == (S_IFSOCK | 0660));
    CHECK(found.st_gid == another_group());
  }
}

TEST_CASE("the file goes with the socket") {
  TemporaryFolder folder;
  {
    auto socket = ListeningSocket::at_path(folder.path("control.sock"), {});
    REQUIRE(socket.ok());
    int descriptor = (*socket).take_descriptor();
    close(descriptor);
    CHECK(fs::exists(folder.path("control.sock")));
  }
  CHECK_FALSE(fs::exists(folder.path("control.sock")));
}

TEST_CASE("a file that another server has put in its place stays") {
  TemporaryFolder folder;
  {
    auto socket = ListeningSocket::at_path(folder.path("control.sock"), {});
    REQUIRE(socket.ok());
    fs::remove(folder.path("control.sock"));
    leave_dead_socket(folder.path("control.sock"));
  }
  CHECK(fs::exists(folder.path("control.sock")));
}

TEST_CASE("a missing folder is made for the owner") {
  TemporaryFolder folder;
  auto socket = ListeningSocket::at_path(folder.path("run/radhost/control.sock"), {geteuid(), another_group()});
  REQUIRE(socket.ok());
  CHECK(status_of(folder.path("run/radhost")).st_gid == another_group());
}

TEST_CASE("a dead server's socket is replaced, a running one's is not") {
  TemporaryFolder folder;
  leave_dead_socket(folder.path("control.sock"));
  auto first = ListeningSocket::at_path(folder.path("control.sock"), {});
  REQUIRE(first.ok());
  ino_t inode = status_of(folder.path("control.sock")).st_ino;
  auto second = ListeningSocket::at_path(folder.path("control.sock"), {});
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().is_served);
  CHECK(second.error().reason == "a running server has the control socket " + folder.path("control.sock"));
  CHECK(status_of(folder.path("control.sock")).st_ino == inode);
}

TEST_CASE("a running server whose queue is full is still a running server") {
  TemporaryFolder folder;
  auto first = ListeningSocket::at_path(folder.path("control.sock"), {});
  REQUIRE(first.ok());
  std::vector<int> waiting;
  int error = 0;
  while (error == 0 && waiting.size() < 10000) {
    waiting.push_back(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    error = connect_to_path(waiting.back(), folder.path("control.sock"));
  }
  CHECK(error == EAGAIN);
  auto second = ListeningSocket::at_path(folder.path("control.sock"), {});
  CHECK((!second.ok() && second.error().is_served));
  for (int socket : waiting) close(socket);
}

TEST_CASE("what is no socket is left alone") {
  TemporaryFolder folder;
  folder.write("control.sock", "precious");
  fs::create_symlink(folder.path("nowhere"), folder.path("link.sock"));
  for (const char* name : {"control.sock", "link.sock"}) {
    auto socket = ListeningSocket::at_path(folder.path(name), {});
    REQUIRE_FALSE(socket.ok());
    CHECK(socket.error().reason == folder.path(name) + " is there and is no socket");
    CHECK_FALSE(socket.error().is_served);
  }
  CHECK(folder.read("control.sock") == "precious");
}

TEST_CASE("a folder that cannot be made is an error that names the path") {
  TemporaryFolder folder;
  folder.write("file", "");
  auto socket = ListeningSocket::at_path(folder.path("file/control.sock"), {});
  REQUIRE_FALSE(socket.ok());
  CHECK(socket.error().reason ==
        "cannot make the control socket " + folder.path("file/control.sock") + ": Not a directory");
}

TEST_CASE("a TCP socket tells the port that it was given, and an address that is taken is an error") {
  for (const char* text : {"127.0.0.1:0", "[::1]:0"}) {
    auto first = ListeningSocket::at_address(*SocketAddress::parse(text));
    REQUIRE(first.ok());
    SocketAddress address = (*first).address();
    CHECK(address.port != 0);
    auto second = ListeningSocket::at_address(address);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().reason == "cannot listen for metrics on " + address.to_text() + ": Address already in use");
  }
}
