// SPDX-License-Identifier: Apache-2.0
#include "config/changes.h"

#include "config/config_fixture.h"

using namespace radhost;
using namespace radhost::test;

namespace {

constexpr std::string_view base = R"(
[plugin.users]
module = "files"
[plugin.users.config]
path = "users.toml"
password = "hunter2"
list = [1, { deep = "x" }]

[plugin.password]
module = "password"

[chain.inner]
handlers = ["password"]

[pool.homes]
servers = [{ address = "192.0.2.1:1812", secret = "pool-secret-one" }]

[[listener]]
name = "auth"
address = "127.0.0.1:1812"
accepts = ["access"]
handlers = ["users", "password"]
)";

struct Fixture : ConfigFixture {
  std::string text = std::string(server_table) + std::string(client_table) + std::string(base);

  /// The base, with one piece of it in another form.
  std::string with(std::string_view from, std::string_view to) const {
    std::string changed = text;
    size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, from.size(), to);
  }
  std::vector<std::string> changes(const std::string& before, const std::string& after) {
    Config was = good(before), is = good(after);
    std::vector<std::string> texts;
    for (const ConfigChange& change : changes_between(was, is)) texts.push_back(change.to_text());
    return texts;
  }
  std::vector<std::string> changes_of(std::string_view from, std::string_view to) {
    return changes(text, with(from, to));
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(Fixture, "where things stand in their file is no change") {
  CHECK(changes(text, text) == Texts{});
  CHECK(changes(text, with("\n[plugin.users]", "\n\n# a comment\n\n[plugin.users]")) == Texts{});
  CHECK(changes(text, std::string(server_table) + std::string(base) + std::string(client_table)) == Texts{});
}

TEST_CASE_METHOD(Fixture, "tables that come and go are told by their names") {
  std::string more = text + "[[client]]\nname = \"d\"\naddress = \"198.51.100.1\"\nsecret = \"xyzzy5461\"\n"
                            "[plugin.log]\nmodule = \"acctlog\"\n[chain.other]\nhandlers = [\"log\"]\n";
  CHECK(changes(text, more) == Texts{"client d added", "plugin log added", "chain other added"});
  CHECK(changes(more, text) == Texts{"client d removed", "plugin log removed", "chain other removed"});
  CHECK(changes_of("name = \"auth\"", "name = \"login\"") == Texts{"listener login added", "listener auth removed"});
}

TEST_CASE_METHOD(Fixture, "a key that is another is told with both values") {
  CHECK(changes_of("accepts = [\"access\"]", "accepts = [\"access\"]\nmax_in_flight = 7") ==
        Texts{"listener auth changed: max_in_flight: 16384 -> 7"});
  CHECK(changes_of("127.0.0.1:1812", "127.0.0.1:1645") ==
        Texts{"listener auth changed: address: [\"127.0.0.1:1812\"] -> [\"127.0.0.1:1645\"]"});
  CHECK(changes_of("[\"users\", \"password\"]", "[\"users\"]").size() == 1);
  CHECK(changes_of("[server]", "[server]\nmax_draining = 9") == Texts{"[server] changed: max_draining: 4 -> 9"});
  CHECK(changes_of("module = \"password\"", "module = \"password\"\non_error = \"drop\"") ==
        Texts{"plugin password changed: on_error: \"reject\" -> \"drop\""});
}

TEST_CASE_METHOD(Fixture, "keys of tables within tables are told by their whole names") {
  CHECK(changes(text, text + "[listener.duplicates]\nttl_ms = 5\n") ==
        Texts{"listener auth changed: duplicates.ttl_ms: 30000 -> 5"});
  CHECK(changes_of("192.0.2.1:1812", "192.0.2.9:1812") ==
        Texts{"pool homes changed: servers[0].address: \"192.0.2.1:1812\" -> \"192.0.2.9:1812\""});
  CHECK(changes_of("servers = [", "servers = [{ address = \"192.0.2.7:1812\", secret = \"pool-secret-two\" }, ") ==
        Texts{"pool homes changed: servers: 1 -> 2"});
}

TEST_CASE_METHOD(Fixture, "no value of a secret is told, nor any of a plugin's own table") {
  CHECK(changes_of("xyzzy5461", "yzzyx1645") == Texts{"client c changed: secret"});
  CHECK(changes_of("pool-secret-one", "pool-secret-two") == Texts{"pool homes changed: servers[0].secret"});
  CHECK(changes_of("hunter2", "hunter3") == Texts{"plugin users changed: config.password"});
  CHECK(changes_of("deep = \"x\"", "deep = \"y\"") == Texts{"plugin users changed: config.list[1].deep"});
  CHECK(changes_of("deep = \"x\"", "deep = 1") == Texts{"plugin users changed: config.list[1].deep"});
  CHECK(changes_of("[1, {", "[1, 2, {") == Texts{"plugin users changed: config.list"});
  CHECK(changes_of("path = \"users.toml\"", "\"odd key\" = 1") ==
        Texts{"plugin users changed: config.path; config.\"odd key\""});
}

TEST_CASE_METHOD(Fixture, "a secret that is another in its file is a change though the table is the same") {
  std::string in_file = with("secret = \"xyzzy5461\"", "secret_file = \"secret\"");
  Config was = good(in_file);
  folder.write("secret", "another\n");
  Config is = good(in_file);
  auto changes = changes_between(was, is);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].to_text() == "client c changed: secret");
}

TEST_CASE_METHOD(Fixture, "two plugins are made alike where all but their modules' names is the same") {
  auto plugin = [&](const std::string& from) { return *good(from).plugin("users"); };
  PluginConfig one = plugin(text);
  CHECK(is_same_plugin(one, plugin(text)));
  CHECK(is_same_plugin(one, plugin(with("module = \"files\"", "module = \"acctlog\""))));
  CHECK_FALSE(is_same_plugin(one, plugin(with("hunter2", "hunter3"))));
  CHECK_FALSE(is_same_plugin(one, plugin(with("module = \"files\"", "module = \"files\"\ntimeout_ms = 9"))));
  PluginConfig elsewhere = one;
  elsewhere.base_directory = "/elsewhere";
  CHECK_FALSE(is_same_plugin(one, elsewhere));
}
