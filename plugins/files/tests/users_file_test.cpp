// SPDX-License-Identifier: Apache-2.0
#include "../users_file.h"

#include "catch.h"

using files::CredentialKind;
using files::Mistake;
using files::Reply;
using files::UserEntry;

namespace {

struct Seen : files::UsersVisitor {
  std::vector<UserEntry> users;
  std::vector<Reply> alone;
  std::vector<Reply> defaults;
  std::vector<std::string> mistakes;

  void begin() override {
    users.clear();
    alone.clear();
    defaults.clear();
    mistakes.clear();
  }
  void user(const UserEntry& user) override { users.push_back(user); }
  void reply_alone(const Reply& reply) override { alone.push_back(reply); }
  void default_reply(const Reply& reply) override { defaults.push_back(reply); }
  void mistake(Mistake mistake) override {
    mistakes.push_back(std::to_string(mistake.at.line) + ":" + std::to_string(mistake.at.column) + ": " + mistake.text);
  }
};

Seen read(std::string_view text) {
  Seen seen;
  files::read_users(text, seen);
  return seen;
}

using Mistakes = std::vector<std::string>;

/// Text of more than one part.
std::string many_users(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += "[[user]]\nname = \"user" + std::to_string(i) + "\"\npassword = \"secret" + std::to_string(i) + "\"\n\n";
  return text;
}
constexpr size_t many = 20000;

}  // namespace

TEST_CASE("users and the default reply are read as they are written") {
  const Seen seen = read(R"(
[[user]]
name = "alice"
password = "clientPass"
reply = { "Service-Type" = "Framed-User", "Reply-Message" = ["one", "two"], "Tunnel-Type:1" = "VLAN", Class = 5 }

[[user]]
name = "bob"
nt_hash = "44ebba8d5312b8d611474411f56989ae"
[user.reply]
Session-Timeout = -1

[default]
reply = { "Session-Timeout" = 3600 }
)");
  CHECK(seen.mistakes == Mistakes{});
  REQUIRE(seen.users.size() == 2);

  const UserEntry& alice = seen.users[0];
  CHECK(alice.at == files::Position{2, 1});
  CHECK(alice.name_at == files::Position{3, 8});
  CHECK(alice.name == "alice");
  CHECK(alice.kind == CredentialKind::Cleartext);
  CHECK(alice.credential == "clientPass");
  REQUIRE(alice.reply.size() == 4);
  CHECK(alice.reply[0].name == "Service-Type");
  CHECK(alice.reply[0].at == files::Position{5, 11});
  CHECK(alice.reply[0].values.at(0).text == "Framed-User");
  CHECK(alice.reply[1].name == "Reply-Message");
  REQUIRE(alice.reply[1].values.size() == 2);
  CHECK(alice.reply[1].values[1].text == "two");
  CHECK(alice.reply[2].name == "Tunnel-Type:1");
  CHECK(alice.reply[3].values.at(0).integer == 5);

  const UserEntry& bob = seen.users[1];
  CHECK(bob.kind == CredentialKind::NtHash);
  CHECK(bob.credential.size() == 16);
  CHECK(bob.reply.at(0).values.at(0).integer == -1);

  REQUIRE(seen.defaults.size() == 1);
  CHECK(seen.defaults[0].at(0).name == "Session-Timeout");
}

TEST_CASE("an empty file has no users and no mistakes") {
  const Seen seen = read("");
  CHECK(seen.users.empty());
  CHECK(seen.mistakes.empty());
}

TEST_CASE("an attribute without values is told, so that it can take the default's away") {
  const Seen seen = read("[[user]]\nname='a'\npassword='b'\nreply={ Class = [] }\n");
  REQUIRE(seen.users.size() == 1);
  REQUIRE(seen.users[0].reply.size() == 1);
  CHECK(seen.users[0].reply[0].values.empty());
}

TEST_CASE("every mistake is told at its place, and the good users are still read") {
  const Seen seen = read(R"([[user]]
nane = "alice"
password = "x"

[[user]]
name = "bob"

[[user]]
name = "carol"
password = "x"
nt_hash = "44ebba8d5312b8d611474411f56989ae"

[[user]]
name = 5
password = ""

[[user]]
name = "dave"
password_hash = "$1$x"
reply = { Class = 1.5, "Reply-Message" = ["one", true] }

[[user]]
name = "good"
password = "x"
reply = 5

[[user]]
name = "good"
password = "x"

[default]
replies = {}

[[users]]
name = "x"
)");
  CHECK(seen.mistakes ==
        Mistakes{
            "32:1: unknown key \"replies\"; did you mean \"reply\"?",
            "2:1: unknown key \"nane\"; did you mean \"name\"?",
            "1:1: this user has no name",
            "5:1: this user needs one of password, password_hash and nt_hash",
            "11:1: exactly one of password, password_hash and nt_hash; this user has a password already",
            "14:8: the name must be text",
            "19:17: a crypt hash begins with $5$, $6$ or $y$",
            "20:19: must be text or an integer, or an array of these, not a number with a fraction",
            "20:50: must be text or an integer, or an array of these, not a boolean",
            "25:9: a reply is a table: { \"Session-Timeout\" = 3600 }",
            "34:3: unknown key \"users\"; did you mean \"user\"?",
        });
  REQUIRE(seen.users.size() == 1);
  CHECK(seen.users[0].at.line == 27);
  REQUIRE(seen.alone.size() == 6);
  CHECK(seen.alone[4].at(1).values.size() == 1);
}

TEST_CASE("names and credentials that can never work are mistakes") {
  CHECK(read("[[user]]\nname = \"\"\npassword = \"x\"\n").mistakes == Mistakes{"2:8: the name is empty"});
  CHECK(read("[[user]]\nname = \"" + std::string(253, 'n') + "\"\npassword = \"x\"\n").mistakes.empty());
  CHECK(read("[[user]]\nname = \"" + std::string(254, 'n') + "\"\npassword = \"x\"\n").mistakes.size() == 1);
  CHECK(read("[[user]]\nname = \"n\"\npassword = \"" + std::string(1025, 'p') + "\"\n").mistakes ==
        Mistakes{"3:12: is longer than 1024 octets"});
}

TEST_CASE("users that are no list of tables are a mistake") {
  CHECK(read("user = 5\n").mistakes.size() == 1);
  CHECK(read("user = [1, 2]\n").mistakes.size() == 1);
  CHECK(read("[user]\nname = 'x'\n").mistakes.size() == 1);
  CHECK(read("default = 5\n").mistakes == Mistakes{"1:11: [default] is a table with the key reply"});
}

TEST_CASE("users may be a list in one line") {
  CHECK(read("user = [{ name = 'a', password = 'b' }]\n").users.size() == 1);
}

TEST_CASE("a syntax error is told alone, at its place") {
  const Seen seen = read("[[user]]\nnane = 'x'\n[[user]]\nname = = 'y'\n");
  REQUIRE(seen.mistakes.size() == 1);
  CHECK(seen.mistakes[0].starts_with("4:8: "));
}

TEST_CASE("a long file is read in parts with the right positions") {
  std::string text = many_users(many);
  Seen seen = read(text);
  CHECK(seen.mistakes.empty());
  REQUIRE(seen.users.size() == many);
  CHECK(seen.users[many - 1].name == "user" + std::to_string(many - 1));
  CHECK(seen.users[many - 1].at.line == 4 * (many - 1) + 1);

  text += "[[user]]\nname = 'last'\n";
  CHECK(read(text).mistakes ==
        Mistakes{std::to_string(4 * many + 1) + ":1: this user needs one of password, password_hash and nt_hash"});
}

TEST_CASE("a syntax error late in a long file is told alone, at its place") {
  const std::string text = "[[user]]\nnane = 'x'\n" + many_users(many) + "[[user]]\nname = = 'y'\n";
  const Seen seen = read(text);
  REQUIRE(seen.mistakes.size() == 1);
  CHECK(seen.mistakes[0].starts_with(std::to_string(4 * many + 4) + ":8: "));
}

TEST_CASE("a table that comes twice in a long file is the syntax error that it is") {
  const std::string text = "[default]\nreply = {}\n" + many_users(many) + "[default]\nreply = {}\n";
  CHECK(read(text).mistakes.size() == 1);
}

TEST_CASE("a table that goes on later in a long file is put together") {
  const std::string text = "[default]\n" + many_users(many) + "[default.reply]\nClass = 'x'\n";
  const Seen seen = read(text);
  CHECK(seen.mistakes.empty());
  CHECK(seen.users.size() == many);
  REQUIRE(seen.defaults.size() == 1);
  CHECK(seen.defaults[0].size() == 1);
}

TEST_CASE("a line within a text that looks like a user's beginning is none") {
  std::string text = "[[user]]\nname = 'first'\npassword = '''\n";
  for (size_t i = 0; i < many; ++i) text += "[[user]]\n";
  text += "'''\n" + many_users(many);
  const Seen seen = read(text);
  CHECK(seen.mistakes == Mistakes{"3:12: is longer than 1024 octets"});
  CHECK(seen.users.size() == many);
}
