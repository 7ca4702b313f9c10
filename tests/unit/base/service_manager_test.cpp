// SPDX-License-Identifier: Apache-2.0
#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/descriptor.h"
#include "catch.h"
#include "support/temporary_folder.h"

using namespace radhost;

namespace {

/// Hears what is told to it; `name` as NOTIFY_SOCKET has it.
struct Manager {
  explicit Manager(const std::string& name) : socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(bind(socket.number(), reinterpret_cast<sockaddr*>(&address), size) == 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() { unsetenv("NOTIFY_SOCKET"); }

  std::string hear() const {
    std::array<char, 256> room{};
    ssize_t size = recv(socket.number(), room.data(), room.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string(room.data(), static_cast<size_t>(size));
  }

  Descriptor socket;
};

}  // namespace

TEST_CASE("a service manager is told, at a path or in the abstract namespace") {
  test::TemporaryFolder folder;
  for (const std::string& name : {folder.path("notify"), "@" + folder.path("notify")}) {
    Manager manager(name);
    tell_service_manager("READY=1");
    CHECK(manager.hear() == "READY=1");
    CHECK(manager.hear() == "nothing");
  }
}

TEST_CASE("where none wants to know, or none can be reached, nothing happens") {
  unsetenv("NOTIFY_SOCKET");
  tell_service_manager("READY=1");
  for (const std::string& name : {std::string(), std::string("relative"), std::string("@"), std::string(200, '/')}) {
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    tell_service_manager("READY=1");
  }
  unsetenv("NOTIFY_SOCKET");
}
