// SPDX-License-Identifier: Apache-2.0
#include "../nearest.h"

#include "catch.h"

#include <array>

namespace {

constexpr std::array<std::string_view, 3> kWords{"name", "password", "password_hash"};

}  // namespace

TEST_CASE("a slip of the pen gets the right word") {
  CHECK(files::unknown_key("nane", kWords) == "unknown key \"nane\"; did you mean \"name\"?");
  CHECK(files::unknown_key("pasword", kWords) == "unknown key \"pasword\"; did you mean \"password\"?");
  CHECK(files::unknown_key("password-hash", kWords) ==
        "unknown key \"password-hash\"; did you mean \"password_hash\"?");
}

TEST_CASE("another word gets all that may stand there") {
  CHECK(files::unknown_key("colour", kWords) ==
        "unknown key \"colour\"; what may stand here: name, password, password_hash");
}

TEST_CASE("where one word alone can stand, it is that") {
  CHECK(files::unknown_key("something", std::span(kWords).first(1)) ==
        "unknown key \"something\"; did you mean \"name\"?");
}
