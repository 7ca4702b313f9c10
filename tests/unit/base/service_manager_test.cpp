// SPDX-License-Identifier: Apache-2.0
#include "base/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
    ServiceManager::of_environment().tell("READY=1");
    CHECK(manager.hear() == "READY=1");
    CHECK(manager.hear() == "nothing");
  }
}

TEST_CASE("a watchdog's time is known where it watches this process") {
  struct Case {
    const char* time;
    std::string pid;
    std::optional<int64_t> expected;
  };
  const std::string own = std::to_string(getpid());
  for (const Case& each : {Case{"30000000", "", 30000000}, Case{"30000000", own, 30000000}, Case{"1", own, 1},
                           Case{nullptr, own, std::nullopt}, Case{"0", own, std::nullopt}, Case{"-1", own, std::nullopt},
                           Case{"30s", own, std::nullopt}, Case{"", own, std::nullopt},
                           Case{"30000000", "1", std::nullopt}, Case{"30000000", own + "x", std::nullopt}}) {
    if (each.time == nullptr) unsetenv("WATCHDOG_USEC");
    else setenv("WATCHDOG_USEC", each.time, 1);
    if (each.pid.empty()) unsetenv("WATCHDOG_PID");
    else setenv("WATCHDOG_PID", each.pid.c_str(), 1);
    auto time = ServiceManager::of_environment().watchdog;
    CHECK((time ? std::optional<int64_t>(time->count()) : std::nullopt) == each.expected);
  }
  unsetenv("WATCHDOG_USEC");
  unsetenv("WATCHDOG_PID");
}

TEST_CASE("where none wants to know, or none can be reached, nothing happens") {
  unsetenv("NOTIFY_SOCKET");
  ServiceManager::of_environment().tell("READY=1");
  for (const std::string& name : {std::string(), std::string("relative"), std::string("@"), std::string(200, '/')}) {
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ServiceManager::of_environment().tell("READY=1");
  }
  unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("what one process does not know of the service manager, another one tells it") {
  using std::chrono::seconds;
  const ServiceManager other{"/other", seconds(2)};
  CHECK(ServiceManager{"/own", seconds(1)}.or_else(other).socket == "/own");
  CHECK(ServiceManager{"/own", seconds(1)}.or_else(other).watchdog == seconds(1));
  CHECK(ServiceManager{"/own"}.or_else(other).watchdog == seconds(2));
  CHECK(ServiceManager{}.or_else(other).socket == "/other");
  CHECK_FALSE(ServiceManager{}.or_else(ServiceManager{}).watchdog);
}
