// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <cstdlib>

#include "config/config_fixture.h"

using namespace radhost;
using namespace radhost::test;

namespace {

std::string text_of(Octets octets) { return std::string(radhost::text_of(octets)); }

}  // namespace

TEST_CASE_METHOD(ConfigFixture, "an empty configuration has the program's defaults") {
  std::vector<ConfigError> errors;
  Config config = load_config_text("[server]\ndictionary = []\n", "c.toml", errors);
  CHECK(errors.empty());
  CHECK(config.server.workers == 0);
  CHECK(config.server.control == "/run/radhost/control.sock");
  CHECK(config.server.drain_timeout_ms == 30000);
  CHECK(config.log.target == "stderr");
  CHECK(config.clients.empty());
  CHECK(config.listeners.empty());
}

TEST_CASE_METHOD(ConfigFixture, "every key that is built is read") {
  Config config = good(R"(
[server]
workers = 3
dictionary = ["dictionary"]
plugin_path = ["plugins", "/other"]
control = "control.sock"
state_directory = "state"
user = "nobody"
include = ["conf.d/*.toml"]
drain_timeout_ms = 1
offload_threads = 2
offload_queue = 3
max_draining = 4
max_zombies = 5

[log]
level = "debug"
format = "json"
target = "log/radhost.log"

[[client]]
name = "office-wifi"
address = ["192.0.2.0/24", "2001:db8::/32"]
secret_file = "secret"
tls_secret = "other"
require_message_authenticator = "all"
limit_proxy_state = false
status_server = false
max_in_flight = 7

[plugin.users]
module = "files"
timeout_ms = 8
on_error = "drop"
[plugin.users.config]
path = "users.toml"

[plugin.path]
module = "plugins/password.so"

[[listener]]
name = "auth"
transport = "udp"
address = ["[::]:1812", "192.0.2.1:1645"]
accepts = ["access", "coa"]
handlers = ["users", "path"]
clients = ["office-wifi"]
status_server = false
max_in_flight = 9
reject_delay_ms = 10
event_timestamp_window_s = 11
receive_buffer = 12
[listener.duplicates]
enabled = false
ttl_ms = 13
dynauth_ttl_ms = 14
max_entries = 15
max_octets = 16

[[listener]]
name = "acct"
address = "[::]:1813"
accepts = "accounting"
handlers = { accounting = ["users"] }

[metrics]
address = "127.0.0.1:9812"
)");
  CHECK(config.metrics.address == SocketAddress::parse("127.0.0.1:9812"));
  CHECK(config.server.workers == 3);
  CHECK(config.server.dictionary == std::vector<std::string>{folder.path("dictionary")});
  CHECK(config.server.plugin_path == std::vector<std::string>{folder.path("plugins"), "/other"});
  CHECK(config.server.control == folder.path("control.sock"));
  CHECK(config.server.state_directory == folder.path("state"));
  CHECK(config.server.user == "nobody");
  CHECK(config.server.drain_timeout_ms == 1);
  CHECK(config.server.offload_threads == 2);
  CHECK(config.server.offload_queue == 3);
  CHECK(config.server.max_draining == 4);
  CHECK(config.server.max_zombies == 5);
  CHECK(config.log.level == LogLevel::Debug);
  CHECK(config.log.format == LogFormat::Json);
  CHECK(config.log.target == folder.path("log/radhost.log"));

  const ClientConfig* client = config.client("office-wifi");
  REQUIRE(client != nullptr);
  REQUIRE(client->address.size() == 2);
  CHECK(client->address[1].to_text() == "2001:db8::/32");
  CHECK(text_of(client->secret.octets()) == "from-a-file");
  CHECK(text_of(client->tls_secret.octets()) == "other");
  CHECK(client->require_message_authenticator == RequireMessageAuthenticator::All);
  CHECK(client->limit_proxy_state == LimitProxyState::False);
  CHECK_FALSE(client->status_server);
  CHECK(client->max_in_flight == 7);

  const PluginConfig* plugin = config.plugin("users");
  REQUIRE(plugin != nullptr);
  CHECK(plugin->module == "files");
  CHECK(plugin->timeout_ms == 8);
  CHECK(plugin->on_error == OnError::Drop);
  CHECK(plugin->config.find("path") != nullptr);
  CHECK(plugin->base_directory + "/" == folder.path(""));
  CHECK(config.plugin("path")->module == folder.path("plugins/password.so"));
  CHECK(config.plugin("nothing") == nullptr);

  REQUIRE(config.listeners.size() == 2);
  const ListenerConfig& auth = config.listeners[0];
  CHECK(auth.address[1].to_text() == "192.0.2.1:1645");
  CHECK(auth.accepts == std::vector<RequestKind>{RequestKind::Access, RequestKind::Coa});
  CHECK(auth.handlers[0] == std::vector<std::string>{"users", "path"});
  CHECK(auth.handlers[2] == auth.handlers[0]);
  CHECK(auth.clients == std::vector<std::string>{"office-wifi"});
  CHECK_FALSE(auth.status_server);
  CHECK(auth.max_in_flight == 9);
  CHECK(auth.reject_delay_ms == 10);
  CHECK(auth.event_timestamp_window_s == 11);
  CHECK(auth.receive_buffer == 12);
  CHECK_FALSE(auth.duplicates.enabled);
  CHECK(auth.duplicates.ttl_ms == 13);
  CHECK(auth.duplicates.dynauth_ttl_ms == 14);
  CHECK(auth.duplicates.max_entries == 15);
  CHECK(auth.duplicates.max_octets == 16);
  CHECK(config.listeners[1].handlers[1] == std::vector<std::string>{"users"});
  CHECK(config.listeners[1].handlers[0].empty());
}

TEST_CASE_METHOD(ConfigFixture, "the three states of a client's protection are read") {
  for (auto [text, state] : {std::pair{"true", RequireMessageAuthenticator::True},
                             {"false", RequireMessageAuthenticator::False},
                             {"\"auto\"", RequireMessageAuthenticator::Auto},
                             {"\"all\"", RequireMessageAuthenticator::All}}) {
    INFO(text);
    Config config =
        good(std::string(server_table) + std::string(client_table) + "require_message_authenticator = " + text + "\n");
    CHECK(config.clients[0].require_message_authenticator == state);
  }
}

TEST_CASE_METHOD(ConfigFixture, "secrets come from the text, a file's first line, or the environment") {
  std::string begin = std::string(server_table) + "[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\n";
  CHECK(text_of(good(begin + "secret = \"x y\"\n").clients[0].secret.octets()) == "x y");
  folder.write("dos", "first line\r\nsecond line\n");
  CHECK(text_of(good(begin + "secret_file = \"dos\"\n").clients[0].secret.octets()) == "first line");
  folder.write("bare", " no end ");
  CHECK(text_of(good(begin + "secret_file = \"bare\"\n").clients[0].secret.octets()) == " no end ");
  setenv("RADHOST_UNIT_SECRET", "from the environment", 1);
  CHECK(text_of(good(begin + "secret_env = \"RADHOST_UNIT_SECRET\"\n").clients[0].secret.octets()) ==
        "from the environment");
  unsetenv("RADHOST_UNIT_SECRET");
}

TEST_CASE_METHOD(ConfigFixture, "included files add to the configuration, and their paths start at their folder") {
  folder.write("conf.d/one.toml",
               "[[client]]\nname = \"one\"\naddress = \"192.0.2.1\"\nsecret_file = \"secret-one\"\n");
  folder.write("conf.d/secret-one", "one's");
  folder.write("conf.d/two.toml", "[[client]]\nname = \"two\"\naddress = \"192.0.2.2\"\nsecret_file = \"../secret\"\n");
  folder.write("conf.d/three.txt", "this is not read");
  Config config = good("[server]\ndictionary = []\ninclude = [\"conf.d/*.toml\"]\n");
  REQUIRE(config.clients.size() == 2);
  CHECK(text_of(config.client("one")->secret.octets()) == "one's");
  CHECK(text_of(config.client("two")->secret.octets()) == "from-a-file");
}

TEST_CASE_METHOD(ConfigFixture, "an IPv4-mapped address of a client is its IPv4 address") {
  Config config = good(
      "[server]\ndictionary = []\n[[client]]\nname = \"c\"\naddress = [\"::ffff:192.0.2.1\", "
      "\"::ffff:198.51.100.0/120\", "
      "\"::/0\"]\nsecret = \"x\"\n");
  CHECK(config.clients[0].address[0].to_text() == "192.0.2.1/32");
  CHECK(config.clients[0].address[1].to_text() == "198.51.100.0/24");
  CHECK(config.clients[0].address[2].to_text() == "::/0");
}

TEST_CASE_METHOD(ConfigFixture, "a module is found in the folders of plugin_path, in order") {
  ServerConfig server_config;
  server_config.plugin_path = {folder.path("nothing"), folder.path("first"), folder.path("plugins")};
  CHECK(find_module(server_config, "files") == folder.path("plugins/files.so"));
  folder.write("first/files.so", "");
  CHECK(find_module(server_config, "files") == folder.path("first/files.so"));
  CHECK(find_module(server_config, "nothing").empty());
  CHECK(find_module(server_config, folder.path("plugins/files.so")) == folder.path("plugins/files.so"));
  CHECK(find_module(server_config, folder.path("plugins")).empty());
}
