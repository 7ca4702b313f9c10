// SPDX-License-Identifier: Apache-2.0
#include "config/settings.h"

#include "catch.h"

using namespace radhost;

namespace {

struct Settings {
  explicit Settings(const std::vector<std::string>& given) : table(read_settings(given, errors)) {}

  template <class T>
  const T* get(std::string_view key) const {
    const ConfigValue* value = table.find(key);
    return value == nullptr ? nullptr : std::get_if<T>(&value->value);
  }
  /// The mistakes, a line each.
  std::string mistakes() const {
    std::string lines;
    for (const ConfigError& error : errors) lines += error.to_text() + "\n";
    return lines;
  }

  std::vector<ConfigError> errors;
  ConfigValue table;
};

}  // namespace

TEST_CASE("a setting's value is what TOML takes it for, else text") {
  Settings settings({"count=3", "share=0.5", "on=true", "quoted=\"3\"", "bare=hello, world", "empty=", "equal=a=b",
                     "day=1979-05-27 07:32:00", "path=/etc/x y", "octets=0x10", "broken=[1, 2", "two=1\nthree=3"});
  CHECK(settings.mistakes() == "");
  CHECK(*settings.get<int64_t>("count") == 3);
  CHECK(*settings.get<double>("share") == 0.5);
  CHECK(*settings.get<bool>("on"));
  CHECK(*settings.get<std::string>("quoted") == "3");
  CHECK(*settings.get<std::string>("bare") == "hello, world");
  CHECK(settings.get<std::string>("empty")->empty());
  CHECK(*settings.get<std::string>("equal") == "a=b");
  CHECK(*settings.get<std::string>("day") == "1979-05-27 07:32:00");
  CHECK(*settings.get<std::string>("path") == "/etc/x y");
  CHECK(*settings.get<int64_t>("octets") == 16);
  CHECK(*settings.get<std::string>("broken") == "[1, 2");
  CHECK(*settings.get<std::string>("two") == "1\nthree=3");
  CHECK(settings.table.find("three") == nullptr);
}

TEST_CASE("dotted keys make tables, and add to those that are there") {
  Settings settings(
      {"reply.Reply-Message=[\"one\", \"two\"]", "reply.\"Tunnel-Type:1\"=VLAN", "limits={ a = 1 }", "limits.b=2"});
  CHECK(settings.mistakes() == "");
  const ConfigValue& reply = *settings.table.find("reply");
  CHECK(reply.find("Reply-Message")->array()->size() == 2);
  CHECK(std::get<std::string>(reply.find("Tunnel-Type:1")->value) == "VLAN");
  const ConfigValue& limits = *settings.table.find("limits");
  CHECK(std::get<int64_t>(limits.find("a")->value) == 1);
  CHECK(std::get<int64_t>(limits.find("b")->value) == 2);
}

TEST_CASE("what a setting gives stands at its key") {
  Settings settings({"reply.\"Tunnel-Type:1\"=VLAN", "servers=[{ port = 1 }, { port = 2 }]"});
  CHECK(settings.table.find("reply")->find("Tunnel-Type:1")->position.to_text() == "--set reply.\"Tunnel-Type:1\"");
  const ConfigValue& second = (*settings.table.find("servers")->array())[1];
  CHECK(second.find("port")->key_position.to_text() == "--set servers[1].port");
}

TEST_CASE("a setting that makes no sense is named by its key") {
  CHECK(Settings({"verdict"}).mistakes() == "--set verdict: there is no value: write key=value\n");
  CHECK(Settings({"a=1", "a=2"}).mistakes() == "--set a: this key is given twice\n");
  CHECK(Settings({"a=1", "a.b=2"}).mistakes() == "--set a.b: \"a\" is an integer already, and holds no keys\n");
  constexpr const char* no_key =
      ": this is no key: write names with dots between them; one of other than letters, digits, _ and - in quotes\n";
  for (std::string key : {"", " ", "a b", "a..b", "Tunnel-Type:1", "[table]\nx"})
    CHECK(Settings({key + "=1"}).mistakes() == "--set " + key + no_key);
}
