// SPDX-License-Identifier: Apache-2.0
#include "config/value.h"

#include "catch.h"
#include "config/toml_printer.h"
#include "config/toml_reader.h"

using namespace radhost;

namespace {

ConfigValue tree(std::string_view text) {
  std::vector<ConfigError> errors;
  auto root = read_toml(text, "c.toml", errors);
  for (const ConfigError& error : errors) FAIL_CHECK(error.to_text());
  REQUIRE(root.has_value());
  return *root;
}

}  // namespace

TEST_CASE("TOML text becomes a tree of typed values, in the order they were written") {
  ConfigValue root = tree("z = 1\na = \"text\"\n[table]\nf = 1.5\nb = true\nlist = [1, \"two\", { three = 3 }]\n");
  REQUIRE(root.table() != nullptr);
  CHECK((*root.table())[0].first == "z");
  CHECK((*root.table())[1].first == "a");
  CHECK(root.find("z")->type_name() == "an integer");
  CHECK(root.find("a")->type_name() == "text");
  const ConfigValue* table = root.find("table");
  REQUIRE(table != nullptr);
  CHECK(table->type_name() == "a table");
  CHECK(table->find("f")->type_name() == "a number");
  CHECK(table->find("b")->type_name() == "a boolean");
  REQUIRE(table->find("list")->array() != nullptr);
  CHECK(table->find("list")->type_name() == "an array");
  CHECK((*table->find("list")->array())[2].find("three") != nullptr);
  CHECK(root.find("nothing") == nullptr);
  CHECK(root.find("z")->find("nothing") == nullptr);
}

TEST_CASE("every value knows where it stands, and where its key does") {
  ConfigValue root = tree("\n  key = \"x\"\n[table]\nlist = [1,\n  2]\n");
  CHECK(root.find("key")->position.to_text() == "c.toml:2:9");
  CHECK(root.find("key")->key_position.to_text() == "c.toml:2:3");
  CHECK((*root.find("table")->find("list")->array())[1].position.to_text() == "c.toml:5:3");
}

TEST_CASE("a syntax error is one error, where it stands") {
  for (const char* bad : {"a = ", "a 1", "[t", "a = 1\na = 2", "[t]\n[t]", "a = \"x"}) {
    INFO(bad);
    std::vector<ConfigError> errors;
    CHECK_FALSE(read_toml(bad, "c.toml", errors).has_value());
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].to_text().starts_with("c.toml:"));
    CHECK(errors[0].position.line >= 1);
  }
}

TEST_CASE("a file that cannot be read is an error that names it") {
  std::vector<ConfigError> errors;
  CHECK_FALSE(read_toml_file("/nowhere/c.toml", errors).has_value());
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].to_text() == "/nowhere/c.toml: cannot be read");
}

TEST_CASE("an unknown position is told without line") {
  CHECK(Position{}.to_text() == "configuration");
  CHECK(Position{std::make_shared<const std::string>("f"), 0, 0}.to_text() == "f");
  CHECK(Position{std::make_shared<const std::string>("f"), 3, 4}.to_text() == "f:3:4");
}

TEST_CASE("the nearest word is the one that few letters make, or none") {
  const std::vector<std::string_view> words{"transport", "address", "accepts", "handlers"};
  CHECK(nearest_word("transprot", words) == "transport");
  CHECK(nearest_word("adress", words) == "address");
  CHECK(nearest_word("accept", words) == "accepts");
  CHECK(nearest_word("address", words) == "address");
  CHECK(nearest_word("xyzzy", words).empty());
  CHECK(nearest_word("x", {}).empty());
  CHECK(nearest_word("", words).empty());
}

TEST_CASE("what the printer writes the reader reads to the same") {
  for (const char* text :
       {R"(a = { b = 1, "c d" = "x\"y\\z", list = [1, [true, false], {}], real = 1.5, whole = 2.0 })",
        R"(a = { big = 9223372036854775807, small = -1, tab = "\u0009\u007f", umlaut = "ü" })"}) {
    INFO(text);
    std::string printed = "a = " + toml_inline(*tree(text).find("a")) + "\n";
    CHECK("a = " + toml_inline(*tree(printed).find("a")) + "\n" == printed);
  }
  CHECK(toml_quote("a\"b\\c\nd") == R"("a\"b\\c\u000Ad")");
  CHECK(toml_key("a-b_1") == "a-b_1");
  CHECK(toml_key("a b") == "\"a b\"");
  CHECK(toml_key("") == "\"\"");
  CHECK(toml_inline(std::vector<std::string>{}) == "[]");
  CHECK(toml_inline(std::vector<std::string>{"a", "b"}) == R"(["a", "b"])");
}

TEST_CASE("members that tell of secrets are hidden, the places where secrets are are not") {
  ConfigValue root = tree(
      R"(a = { secret = "s", db_password = "p", psk = "k", tls_secrets = ["x"], secret_file = "f", password_env = "e", name = "n" })");
  std::string printed = toml_inline(*root.find("a"));
  CHECK(
      printed ==
      R"({ secret = "<hidden>", db_password = "<hidden>", psk = "<hidden>", tls_secrets = "<hidden>", secret_file = "f", password_env = "e", name = "n" })");
}
