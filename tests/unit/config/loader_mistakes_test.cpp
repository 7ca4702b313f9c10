// SPDX-License-Identifier: Apache-2.0
/// What is wrong in a configuration is told, and where it stands.
#include <algorithm>
#include <cstdlib>

#include "config/config_fixture.h"

using namespace radhost;
using namespace radhost::test;

namespace {

struct Fixture : ConfigFixture {
  static constexpr std::string_view plugin_table = "[plugin.users]\nmodule = \"files\"\n";
  static constexpr std::string_view listener_table =
      "[[listener]]\nname = \"auth\"\naddress = \"[::]:1812\"\naccepts = [\"access\"]\nhandlers = [\"users\"]\n";

  /// The mistakes of a text, a line each, without the file's folder.
  std::string mistakes(const std::string& text) {
    std::vector<ConfigError> errors;
    load(text, errors);
    std::string lines;
    for (const ConfigError& error : errors) {
      std::string line = error.to_text();
      for (size_t at; (at = line.find(folder.path(""))) != std::string::npos;) line.erase(at, folder.path("").size());
      lines += line + "\n";
    }
    return lines;
  }

  /// One mistake at this place that speaks of this; `text` begins at line 6, behind the server's table.
  bool fails(const std::string& place, std::string_view about, const std::string& text) {
    std::string told = mistakes(std::string(server_table) + text);
    UNSCOPED_INFO(told);
    return std::count(told.begin(), told.end(), '\n') == 1 && told.starts_with("c.toml:" + place + ": ") &&
           told.find(about) != std::string::npos;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "what is not built yet says so, where it stands") {
  std::string text = std::string(plugin_table) + std::string(listener_table) + "transport = \"dtls\"\n";
  CHECK(fails("13:1", "not built yet", text));
}

TEST_CASE_METHOD(Fixture, "what a client proves itself by is looked at where it stands") {
  const std::string client(client_table);
  CHECK(fails("10:36", "cannot read", client + "psk = { identity = \"x\", key_file = \"y\" }\n"));
  CHECK(fails("10:20", "control characters", client + "psk = { identity = \"a\\nb\", key_file = \"c.toml\" }\n"));
  CHECK(fails("10:15", "say what", client + "certificate = {}\n"));
  CHECK(fails("10:38", "64 hexadecimal digits", client + "certificate = { fingerprint_sha256 = \"1234\" }\n"));
  CHECK(fails("10:26", "is not an address", client + "certificate = { san_ip = \"x\" }\n"));
  CHECK(fails("10:17", "san_dmz", client + "certificate = { san_dmz = \"x\" }\n"));
}

TEST_CASE_METHOD(Fixture, "a stream listener has the table of its transport, and no other") {
  const std::string start = std::string(plugin_table) + std::string(listener_table);
  CHECK(fails("14:11", "for transport \"tls\"", start + "transport = \"tcp\"\n[listener.tls]\nca = \"x\"\n"));
  CHECK(fails("13:11", "for transport \"tcp\"", start + "[listener.tcp]\nidle_timeout_ms = 5\n"));
  CHECK(fails("15:19", "at least 1", start + "transport = \"tcp\"\n[listener.tcp]\nmax_connections = 0\n"));
  CHECK(fails("15:23", "at least 16384", start + "transport = \"tcp\"\n[listener.tcp]\nmax_buffered_octets = 5\n"));
  const std::string files = "certificate = \"c\"\nkey = \"k\"\nca = \"a\"\n";
  CHECK(fails("18:19", "there is no version",
              start + "transport = \"tls\"\n[listener.tls]\n" + files + "radius_versions = []\n"));
  CHECK(fails("14:1", "no client here has a psk", start + "transport = \"tls\"\n[listener.tls]\n"));
}

TEST_CASE_METHOD(Fixture, "a chain has handlers, which are plugins") {
  // The module of `users` is nowhere, which is told too.
  auto told = [this](const std::string& chain) {
    return mistakes(std::string(server_table) + std::string(plugin_table) + chain);
  };
  CHECK(told("[chain.inner]\nhandlers = [\"users\"]\n").find("inner") == std::string::npos);
  CHECK(told("[chain.inner]\nhandlers = [\"users\", \"usrs\"]\n")
            .find("c.toml:9:22: there is no plugin \"usrs\"; did you mean \"users\"?") != std::string::npos);
  CHECK(told("[chain.inner]\nhandler = []\nhandlers = [\"users\"]\n").find("c.toml:9:1: unknown key \"handler\"") !=
        std::string::npos);
  CHECK(fails("7:12", "no handlers", "[chain.inner]\nhandlers = []\n"));
  CHECK(fails("7:12", "text is expected", "[chain.inner]\nhandlers = 7\n"));
}

TEST_CASE_METHOD(Fixture, "metrics have an address, or are off") {
  CHECK(mistakes("[server]\ndictionary = []\n[metrics]\naddress = \"[::]:9812\"\n").empty());
  CHECK(mistakes("[server]\ndictionary = []\n[metrics]\naddress = \"\"\n").empty());
  for (const char* wrong : {"\"127.0.0.1\"", "\"localhost:9812\"", "\":9812\"", "9812", "[]"}) {
    INFO(wrong);
    CHECK(fails("7:11", "", "[metrics]\naddress = " + std::string(wrong) + "\n"));
  }
}

TEST_CASE_METHOD(Fixture, "an unknown key is named, with the nearest one that is known") {
  CHECK(mistakes("severs = 1\n").find("c.toml:1:1: unknown key \"severs\"; did you mean \"server\"?") == 0);
  CHECK(mistakes("[server]\nworker = 1\ndictionary = []\n") ==
        "c.toml:2:1: unknown key \"worker\"; did you mean \"workers\"?\n");
  CHECK(fails("7:1", "did you mean \"level\"?", "[log]\nlevle = \"info\"\n"));
  CHECK(fails("10:1", "did you mean \"status_server\"?", std::string(client_table) + "status_sever = true\n"));
  CHECK(fails("8:1", "did you mean \"timeout_ms\"?", std::string(plugin_table) + "timeout = 1\n"));
  CHECK(fails("13:1", "did you mean \"reject_delay_ms\"?",
              std::string(plugin_table) + std::string(listener_table) + "reject_delay = 1\n"));
  CHECK(fails("14:1", "did you mean \"ttl_ms\"?",
              std::string(plugin_table) + std::string(listener_table) + "[listener.duplicates]\nttl_s = 1\n"));
  CHECK(fails("7:1", "known here: \"address\"", "[metrics]\nxyzzyxyzzy = 1\n"));
}

TEST_CASE_METHOD(Fixture, "a value of another type is told where it stands") {
  CHECK(mistakes("[server]\nworkers = \"2\"\ndictionary = []\n") ==
        "c.toml:2:11: an integer is expected here, not text\n");
  CHECK(fails("7:10", "text is expected here, not an integer", "[log]\ntarget = 1\n"));
  CHECK(fails("7:9", "one of \"debug\"", "[log]\nlevel = 1\n"));
  CHECK(fails("10:17", "true or false is expected here, not text",
              std::string(client_table) + "status_server = \"yes\"\n"));
  CHECK(fails("8:14", "an integer is expected here, not a number", std::string(plugin_table) + "timeout_ms = 1.5\n"));
  CHECK(fails("8:14", "lie between", std::string(plugin_table) + "timeout_ms = -1\n"));
  CHECK(fails("8:14", "lie between", std::string(plugin_table) + "timeout_ms = 4294967296\n"));
  CHECK(fails("8:10", "a table is expected", std::string(plugin_table) + "config = 1\n"));
  CHECK(fails("13:14", "a table is expected",
              std::string(plugin_table) + std::string(listener_table) + "duplicates = true\n"));
  CHECK(mistakes("server = 1\n").find("c.toml:1:10: a table is expected") == 0);
}

TEST_CASE_METHOD(Fixture, "a word that is not among those of a key is told with the nearest") {
  CHECK(fails("7:9", "did you mean \"info\"?", "[log]\nlevel = \"inof\"\n"));
  CHECK(fails("7:10", "one of \"text\", \"json\"", "[log]\nformat = \"yaml-and-more\"\n"));
  CHECK(fails("8:12", "\"reject\"", std::string(plugin_table) + "on_error = \"rejct\"\n"));
  // true and false are booleans, not words in quotes.
  CHECK(fails("10:33", "write true without quotes",
              std::string(client_table) + "require_message_authenticator = \"true\"\n"));
  CHECK(fails("10:33", "\"sometimes\"", std::string(client_table) + "require_message_authenticator = \"sometimes\"\n"));
  CHECK(fails("10:33", "is expected", std::string(client_table) + "require_message_authenticator = 1\n"));
}

TEST_CASE_METHOD(Fixture, "addresses that are none are told where they stand") {
  CHECK(fails("8:11", "\"192.0.2.0/33\"", "[[client]]\nname = \"c\"\naddress = \"192.0.2.0/33\"\nsecret = \"x\"\n"));
  CHECK(fails("8:28", "\"x\"", "[[client]]\nname = \"c\"\naddress = [\"192.0.2.0/24\", \"x\"]\nsecret = \"x\"\n"));
  CHECK(fails("8:11", "with a port", "[[listener]]\nname = \"auth\"\naddress = \"192.0.2.1\"\naccepts = \"access\"\n"));
}

TEST_CASE_METHOD(Fixture, "what must be there and is not is told") {
  CHECK(fails("6:1", "no name", "[[client]]\naddress = \"192.0.2.1\"\nsecret = \"x\"\n"));
  CHECK(fails("6:1", "no address", "[[client]]\nname = \"c\"\nsecret = \"x\"\n"));
  CHECK(fails("6:1", "no secret", "[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\n"));
  CHECK(fails("6:9", "names no module", "[plugin.users]\n"));
  CHECK(fails("6:1", "no name", "[[listener]]\naddress = \"[::]:1812\"\naccepts = \"access\"\n"));
  CHECK(fails("6:1", "no address", "[[listener]]\nname = \"auth\"\naccepts = \"access\"\n"));
  CHECK(fails("6:1", "accepts nothing", "[[listener]]\nname = \"auth\"\naddress = \"[::]:1812\"\n"));
}

TEST_CASE_METHOD(Fixture, "a name has letters, digits, _ and - alone, and is given once") {
  for (const char* bad : {"a b", "a.b", "ü", "a/b", ""}) {
    INFO(bad);
    CHECK(fails("7:8", "names are",
                "[[client]]\nname = \"" + std::string(bad) + "\"\naddress = \"192.0.2.1\"\nsecret = \"x\"\n"));
  }
  CHECK(fails("6:9", "is not a name", "[plugin.\"a b\"]\nmodule = \"files\"\n"));
  CHECK(fails("11:8", "a client \"c\" already",
              std::string(client_table) + "[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\nsecret = \"x\"\n"));
  CHECK(fails("14:8", "a listener \"auth\" already",
              std::string(plugin_table) + std::string(listener_table) +
                  "[[listener]]\nname = \"auth\"\naddress = \"[::]:1\"\naccepts = \"coa\"\n"));
  Config config =
      good(std::string(server_table) + "[[client]]\nname = \"A-z_09\"\naddress = \"192.0.2.1\"\nsecret = \"x\"\n");
  CHECK(config.clients[0].name == "A-z_09");
}

TEST_CASE_METHOD(Fixture, "one address belongs to one client and one listener") {
  CHECK(fails("12:11", "client \"c\" has the address 192.0.2.0/24 already",
              std::string(client_table) + "[[client]]\nname = \"d\"\naddress = \"192.0.2.7/24\"\nsecret = \"x\"\n"));
  CHECK(fails("15:11", "another listener has the address [::]:1812 already",
              std::string(plugin_table) + std::string(listener_table) +
                  "[[listener]]\nname = \"b\"\naddress = \"[::]:1812\"\naccepts = \"coa\"\n"));
  // Port 0 is any free one, and a longer prefix is another address.
  good(std::string(server_table) +
       "[[listener]]\nname = \"a\"\naddress = [\"[::]:0\", \"[::]:0\"]\naccepts = \"coa\"\n");
  good(std::string(server_table) + std::string(client_table) +
       "[[client]]\nname = \"d\"\naddress = \"192.0.2.0/25\"\nsecret = \"x\"\n");
}

TEST_CASE_METHOD(Fixture, "names that nothing has are told, with the nearest that something has") {
  CHECK(fails("12:13", "no plugin \"user\"; did you mean \"users\"?",
              std::string(plugin_table) +
                  "[[listener]]\nname = \"a\"\naddress = \"[::]:1\"\naccepts = \"access\"\nhandlers = [\"user\"]\n"));
  CHECK(fails("13:12", "no client \"d\"",
              std::string(plugin_table) + std::string(listener_table) + "clients = [\"d\"]\n"));
  CHECK(fails(
      "12:24", "no plugin \"x\"",
      std::string(plugin_table) +
          "[[listener]]\nname = \"a\"\naddress = \"[::]:1\"\naccepts = \"access\"\nhandlers = { access = [\"x\"] }\n"));
}

TEST_CASE_METHOD(Fixture, "handlers are for kinds that are accepted") {
  CHECK(fails("12:12", "\"accounting\", which is not accepted",
              std::string(plugin_table) + "[[listener]]\nname = \"a\"\naddress = \"[::]:1\"\naccepts = "
                                          "\"access\"\nhandlers = { accounting = [\"users\"] }\n"));
  CHECK(fails("12:14", "did you mean \"access\"?",
              std::string(plugin_table) + "[[listener]]\nname = \"a\"\naddress = \"[::]:1\"\naccepts = "
                                          "\"access\"\nhandlers = { acces = [\"users\"] }\n"));
  CHECK(fails("9:12", "did you mean \"access\"?",
              "[[listener]]\nname = \"a\"\naddress = \"[::]:1\"\naccepts = [\"acces\"]\n"));
}

TEST_CASE_METHOD(Fixture, "files that are not there are told") {
  CHECK(mistakes("[server]\ndictionary = [\"nothing\"]\n").find("there is no dictionary") != std::string::npos);
  CHECK(mistakes("[server]\ndictionary = [\"nothing\"]\n").starts_with("c.toml:2:14: "));
  CHECK(fails("7:10", "\"nothing.so\"", "[plugin.users]\nmodule = \"nothing\"\n"));
  CHECK(fails("7:10", "no file", "[plugin.users]\nmodule = \"/nowhere/files.so\"\n"));
  CHECK(fails("9:15", "cannot read", "[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\nsecret_file = \"nothing\"\n"));
  std::vector<ConfigError> errors;
  load_config(folder.path("nothing.toml"), errors);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].to_text() == folder.path("nothing.toml") + ": cannot be read");
}

// SEC-9
TEST_CASE_METHOD(Fixture, "a secret is not empty, and has one place") {
  std::string begin = "[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\n";
  CHECK(fails("9:10", "must not be empty", begin + "secret = \"\"\n"));
  folder.write("empty", "\n");
  CHECK(fails("9:15", "is empty", begin + "secret_file = \"empty\"\n"));
  unsetenv("RADHOST_UNIT_SECRET");
  CHECK(fails("9:14", "the environment has no", begin + "secret_env = \"RADHOST_UNIT_SECRET\"\n"));
  CHECK(fails("9:10", "only one of", begin + "secret = \"x\"\nsecret_file = \"secret\"\n"));
  CHECK(mistakes(std::string(server_table) + begin + "secret_file = \"secret\"\nsecret_env = \"X\"\n")
            .find("only one of") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "tables that come several times are arrays") {
  CHECK(fails("6:2", "[[client]]", "[client]\nname = \"c\"\n"));
  CHECK(fails("6:2", "[[listener]]", "[listener]\nname = \"c\"\n"));
}

TEST_CASE_METHOD(Fixture, "all mistakes are told at once") {
  std::string told =
      mistakes("[server]\nworkers = \"x\"\ndictionary = []\nwrong = 1\n[log]\nlevel = \"loud-and-clear\"\n");
  CHECK(std::count(told.begin(), told.end(), '\n') == 3);
}

TEST_CASE_METHOD(Fixture, "a syntax error is told with its line and column") {
  CHECK(mistakes("[server]\nworkers = \n").starts_with("c.toml:2:"));
}

TEST_CASE_METHOD(Fixture, "mistakes of an included file are told with its name, and names are unique over all files") {
  folder.write("conf.d/one.toml", "[[client]]\nname = \"c\"\naddress = \"192.0.2.77\"\nsecret = \"x\"\nwrong = 1\n");
  std::string told = mistakes("[server]\ndictionary = []\ninclude = [\"conf.d/*.toml\"]\n" + std::string(client_table));
  CHECK(told.find("conf.d/one.toml:5:1: unknown key \"wrong\"") != std::string::npos);
  CHECK(told.find("conf.d/one.toml:2:8: there is a client \"c\" already") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an included file that includes others is a mistake") {
  folder.write("one.toml", "[server]\ninclude = [\"two.toml\"]\n");
  CHECK(mistakes("[server]\ndictionary = []\ninclude = [\"one.toml\"]\n").find("one.toml:2:11: an included file") !=
        std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an included file that is not there is a mistake, a pattern that nothing fits is not") {
  CHECK(mistakes("[server]\ndictionary = []\ninclude = [\"nothing.toml\"]\n")
            .starts_with("c.toml:3:11: there is no file"));
  CHECK(mistakes("[server]\ndictionary = []\ninclude = [\"nothing/*.toml\"]\n") == "");
}

// SEC-9
TEST_CASE_METHOD(Fixture, "the name of a secret's file or variable is not empty") {
  std::string begin = "[[client]]\nname = \"c\"\naddress = \"192.0.2.1\"\n";
  CHECK(fails("9:15", "empty", begin + "secret_file = \"\"\n"));
  CHECK(fails("9:14", "empty", begin + "secret_env = \"\"\n"));
}

TEST_CASE_METHOD(Fixture, "a list of no addresses, and one of nothing that is accepted, is a mistake") {
  CHECK(fails("8:11", "no address", "[[client]]\nname = \"c\"\naddress = []\nsecret = \"x\"\n"));
  CHECK(fails("8:11", "no address", "[[listener]]\nname = \"a\"\naddress = []\naccepts = \"access\"\n"));
  CHECK(fails("9:11", "accepts nothing", "[[listener]]\nname = \"a\"\naddress = \"[::]:1\"\naccepts = []\n"));
}

TEST_CASE_METHOD(Fixture, "a pool's mistakes are told where they stand") {
  auto pool = [](const std::string& servers, const std::string& more = "") {
    return "[pool.homes]\nservers = [" + servers + "]\n" + more;
  };
  const std::string server = R"({ address = "192.0.2.1:1812", secret = "xyzzy5461" })";
  CHECK(mistakes(std::string(server_table) + pool(server)).empty());
  CHECK(fails("7:11", "has no servers", pool("")));
  CHECK(fails("6:7", "has no servers", "[pool.homes]\ndead_after = 2\n"));
  CHECK(fails("7:12", "no secret", pool(R"({ address = "192.0.2.1:1812" })")));
  CHECK(fails("7:12", "no address", pool(R"({ secret = "x" })")));
  CHECK(fails("7:24", "not an address", pool(R"({ address = "home.example", secret = "x" })")));
  CHECK(fails("7:24", "port", pool(R"({ address = "192.0.2.1:0", secret = "x" })")));
  CHECK(fails("7:24", "no server has", pool(R"({ address = "0.0.0.0:1812", secret = "x" })")));
  CHECK(fails("7:78", "already", pool(server + ", " + server)));
  CHECK(fails("7:68", "not built yet", pool(R"({ address = "192.0.2.1:2083", secret = "x", transport = "dtls" })")));
  CHECK(fails("7:12", "give the ca", pool(R"({ address = "192.0.2.1:2083", transport = "tls" })")));
  CHECK(fails("7:12", "no secret", pool(R"({ address = "192.0.2.1:2083", transport = "tcp" })")));
  CHECK(fails("8:1", "did you mean \"dead_after\"?", pool(server, "dead_afte = 2\n")));
  CHECK(fails("8:14", "at least 1", pool(server, "dead_after = 0\n")));
  CHECK(fails("8:19", "at most", pool(server, "max_outstanding = 2000000\n")));
  CHECK(fails("8:18", "initial_timeout_ms", pool(server, "max_timeout_ms = 10\n")));
}

TEST_CASE_METHOD(Fixture, "a pool's name is a name, and its server's secret may lie in a file") {
  CHECK(fails("6:7", "not a name", "[pool.\"a b\"]\nservers = [{ address = \"192.0.2.1:1\", secret = \"x\" }]\n"));
  CHECK(
      fails("7:53", "cannot read", "[pool.a]\nservers = [{ address = \"192.0.2.1:1\", secret_file = \"nowhere\" }]\n"));
}
