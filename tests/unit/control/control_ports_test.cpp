// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "catch.h"
#include "control/control_plane.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

namespace {

/// Without root's rights while it lives.
struct AnOrdinaryUser {
  AnOrdinaryUser() { is_root = geteuid() == 0 && seteuid(65534) == 0; }
  ~AnOrdinaryUser() {
    if (is_root) REQUIRE(seteuid(0) == 0);
  }
  bool is_root;
};

struct Fixture {
  TemporaryFolder folder;
  Log log{LogLevel::Info, LogFormat::Text, folder.path("log")};
  Config config;

  Result<ControlPorts, std::string> open() { return ControlPorts::open(config, {}, {}, log); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "both are opened, and logged") {
  config.server.control = folder.path("control.sock");
  config.metrics.address = SocketAddress::parse("127.0.0.1:0");
  auto ports = open();
  REQUIRE(ports.ok());
  CHECK(ports->control.has_value());
  CHECK(ports->metrics.has_value());
  std::string text = folder.read("log");
  CHECK(text.find("control socket path=" + folder.path("control.sock")) != std::string::npos);
  CHECK(text.find("metrics address=" + ports->metrics->address().to_text()) != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "both can be off") {
  config.server.control.clear();
  auto ports = open();
  REQUIRE(ports.ok());
  CHECK_FALSE(ports->control.has_value());
  CHECK_FALSE(ports->metrics.has_value());
  CHECK(folder.read("log").empty());
}

TEST_CASE_METHOD(Fixture, "a path that was named and cannot be had is an error") {
  folder.write("file", "");
  config.server.control = folder.path("file/control.sock");
  auto ports = open();
  REQUIRE_FALSE(ports.ok());
  CHECK(ports.error().find(folder.path("file/control.sock")) != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "the default path that cannot be had is a warning, so that anybody can start a server") {
  auto ports = [&] {
    AnOrdinaryUser user;
    return open();
  }();
  REQUIRE(ports.ok());
  CHECK_FALSE(ports->control.has_value());
  CHECK(folder.read("log").find("warn serving without a control socket") != std::string::npos);
}
