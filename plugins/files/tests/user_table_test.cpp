// SPDX-License-Identifier: Apache-2.0
#include "../user_table.h"

#include "catch.h"

#include <string>

using files::CredentialKind;
using files::UserTable;

TEST_CASE("a user is found by the octets of the name alone") {
  UserTable table;
  CHECK_FALSE(table.find("alice"));
  CHECK_FALSE(table.add("alice", {CredentialKind::Crypt, "secret", 7}));
  CHECK_FALSE(table.add(std::string_view("a\0b", 3), {CredentialKind::NtHash, std::string_view("\0\1", 2), 0}));

  const auto alice = table.find("alice");
  REQUIRE(alice);
  CHECK(alice->kind == CredentialKind::Crypt);
  CHECK(alice->credential == "secret");
  CHECK(alice->reply == 7);
  const auto other = table.find(std::string_view("a\0b", 3));
  REQUIRE(other);
  CHECK(other->credential == std::string_view("\0\1", 2));

  for (const std::string_view name : {"Alice", "alic", "alice ", "", "a", "alicesecret"}) CHECK_FALSE(table.find(name));
}

TEST_CASE("a name is taken once, and the one that has it is named") {
  UserTable table;
  CHECK_FALSE(table.add("alice", {CredentialKind::Cleartext, "one", 0}));
  CHECK_FALSE(table.add("bob", {CredentialKind::Cleartext, "two", 0}));
  CHECK(table.add("bob", {CredentialKind::Cleartext, "three", 0}) == 1U);
  CHECK(table.find("bob")->credential == "two");
  CHECK(table.size() == 2);
}

TEST_CASE("the longest name and credential are kept whole") {
  UserTable table;
  const std::string name(UserTable::name_max, 'n');
  const std::string credential(UserTable::credential_max, 'c');
  CHECK_FALSE(table.add(name, {CredentialKind::Cleartext, credential, 0}));
  CHECK(table.find(name)->credential == credential);
}

TEST_CASE("many users are all found again, and nobody else") {
  UserTable table;
  const auto name = [](uint32_t i) { return "user" + std::to_string(i) + "@example.net"; };
  constexpr uint32_t user_count = 50000;
  for (uint32_t i = 0; i < user_count; ++i)
    REQUIRE_FALSE(table.add(name(i), {CredentialKind::Cleartext, "secret" + std::to_string(i), i}));
  CHECK(table.size() == user_count);
  for (uint32_t i = 0; i < user_count; ++i) {
    const auto user = table.find(name(i));
    REQUIRE(user);
    REQUIRE(user->credential == "secret" + std::to_string(i));
    REQUIRE(user->reply == i);
  }
  for (uint32_t i = user_count; i < 2 * user_count; ++i) REQUIRE_FALSE(table.find(name(i)));
}
