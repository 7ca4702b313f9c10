// SPDX-License-Identifier: Apache-2.0
#include "config/config_fixture.h"
#include "config/toml_reader.h"

using namespace radhost;
using namespace radhost::test;

namespace {

const char* const sample = R"([server]
workers = 2
dictionary = ["dictionary"]
plugin_path = ["plugins"]
control = "control.sock"

[[client]]
name = "office"
address = ["192.0.2.0/24", "2001:db8::/32"]
secret = "a-very-secret-secret"
tls_secret = "another-secret"
require_message_authenticator = true
limit_proxy_state = "auto"

[plugin.users]
module = "files"
[plugin.users.config]
path = "users.toml"
password = "hunter2"
list = [1, 2.5, "three", { four = true }]
"odd key" = "a\"b\\c\n"

[pool.homes]
servers = [
  { address = "192.0.2.1:1812", secret = "pool-secret-one" },
  { address = "[2001:db8::1]:1812", secret = "pool-secret-two", status_server = true },
]
dead_after = 7

[[listener]]
name = "auth"
address = "[::]:1812"
accepts = ["access", "accounting"]
handlers = { access = ["users"] }
clients = ["office"]
[listener.duplicates]
ttl_ms = 5
)";

struct Fixture : ConfigFixture {
  std::string printed(const std::string& text) { return print_config(good(text)); }
};

size_t count(const std::string& text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "the effective configuration holds what was set, and the defaults") {
  std::string text = printed(sample);
  for (const char* line :
       {"workers = 2\n", "drain_timeout_ms = 30000\n", "level = \"info\"\n", "name = \"office\"\n",
        "address = [\"192.0.2.0/24\", \"2001:db8::/32\"]\n", "require_message_authenticator = true\n",
        "limit_proxy_state = \"auto\"\n", "[plugin.users]\n", "module = \"files\"\n", "timeout_ms = 2000\n",
        "on_error = \"reject\"\n", "address = [\"[::]:1812\"]\n", "accepts = [\"access\", \"accounting\"]\n",
        "clients = [\"office\"]\n", "ttl_ms = 5\n", "dynauth_ttl_ms = 300000\n",
        "[pool.homes]\nservers = [{ address = \"192.0.2.1:1812\", secret = \"<hidden>\"", "dead_after = 7\n",
        "max_attempts = 5\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "no secret is printed") {
  std::string text = printed(sample);
  for (const char* secret :
       {"a-very-secret-secret", "another-secret", "hunter2", "pool-secret-one", "pool-secret-two"}) {
    INFO(secret);
    CHECK(text.find(secret) == std::string::npos);
  }
  CHECK(count(text, "\"<hidden>\"") == 5);
}

TEST_CASE_METHOD(Fixture, "what is printed can be loaded, and prints to the same text") {
  std::string first = printed(sample);
  std::string second = printed(first);
  CHECK(second == first);
}

TEST_CASE("the defaults are TOML with a table of each kind") {
  std::vector<ConfigError> errors;
  std::string text = print_default_config();
  auto root = read_toml(text, "defaults", errors);
  for (const ConfigError& error : errors) FAIL_CHECK(error.to_text());
  REQUIRE(root.has_value());
  for (const char* table : {"server", "log", "client", "plugin", "chain", "pool", "listener", "store", "metrics"}) {
    INFO(table);
    CHECK(root->find(table) != nullptr);
  }
  CHECK(text.find("reject_delay_ms = 1000\n") != std::string::npos);
  CHECK(text.find("max_in_flight = 16384\n") != std::string::npos);
  CHECK(text.find("tls_secret = \"<hidden>\"\n") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "text that is empty where the default is not is printed as empty") {
  std::string text = printed("[server]\ndictionary = []\ncontrol = \"\"\n");
  CHECK(text.find("control = \"\"\n") != std::string::npos);
  CHECK(printed(text) == text);
}

TEST_CASE_METHOD(Fixture, "a client whose secret is in a file prints the file and can be loaded again") {
  std::string text = printed(
      "[server]\ndictionary = []\n[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\nsecret_file = \"secret\"\n");
  CHECK(text.find("secret_file = \"" + folder.path("secret") + "\"\n") != std::string::npos);
  CHECK(text.find("from-a-file") == std::string::npos);
  CHECK(printed(text) == text);
}

TEST_CASE_METHOD(Fixture, "what was included is printed, and not included once more") {
  folder.write("conf.d/one.toml", "[[client]]\nname = \"one\"\naddress = \"192.0.2.1\"\nsecret = \"x\"\n");
  std::string text = printed("[server]\ndictionary = []\ninclude = [\"conf.d/*.toml\"]\n");
  CHECK(count(text, "[[client]]") == 1);
  CHECK(printed(text) == text);
}
