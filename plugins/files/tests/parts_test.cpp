// SPDX-License-Identifier: Apache-2.0
#include "../parts.h"

#include "catch.h"

#include <string>
#include <vector>

namespace {

std::vector<files::Part> parts_of(std::string_view text, size_t octets_wanted) {
  std::vector<files::Part> all;
  files::Parts parts(text, octets_wanted);
  while (const auto part = parts.next()) all.push_back(*part);
  return all;
}

}  // namespace

TEST_CASE("a file is cut before users, and the lines are counted on") {
  const std::string text = "# users\n[[user]]\nname = 1\n\n[[user]]\nname = 2\n[[user]]\nname = 3\n[default]\n";
  const auto parts = parts_of(text, 1);
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].text == "# users\n[[user]]\nname = 1\n\n");
  CHECK(parts[0].lines_before == 0);
  CHECK(parts[1].text == "[[user]]\nname = 2\n");
  CHECK(parts[1].lines_before == 4);
  CHECK(parts[2].text == "[[user]]\nname = 3\n[default]\n");
  CHECK(parts[2].lines_before == 6);
}

TEST_CASE("a part has as many octets as wanted, and goes on to the next user") {
  const std::string user = "[[user]]\nname = 1\n";
  CHECK(parts_of(user + user + user, 1000).size() == 1);
  CHECK(parts_of(user + user + user, user.size() + 1).size() == 2);
  CHECK(parts_of(user + user + user, 0).size() == 3);
}

TEST_CASE("a file without users is one part, and an empty one none") {
  CHECK(parts_of("[default]\nreply = {}\n", 1).size() == 1);
  CHECK(parts_of("", 1).empty());
}

TEST_CASE("no part ends before the first user") {
  const auto parts = parts_of("user = []\n\n\n[[user]]\nname = 1\n[[user]]\nname = 2\n", 1);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].text == "user = []\n\n\n[[user]]\nname = 1\n");
}
