// SPDX-License-Identifier: Apache-2.0
#include "../nearest.h"

#include "catch.h"

#include <array>

namespace {

constexpr std::array<std::string_view, 3> some_words{"name", "password", "password_hash"};

}  // namespace

TEST_CASE("a slip of the pen gets the right word") {
  CHECK(files::unknown_key("nane", some_words) == "unknown key \"nane\"; did you mean \"name\"?");
  CHECK(files::unknown_key("pasword", some_words) == "unknown key \"pasword\"; did you mean \"password\"?");
  CHECK(files::unknown_key("password-hash", some_words) ==
        "unknown key \"password-hash\"; did you mean \"password_hash\"?");
}

TEST_CASE("another word gets all that may stand there") {
  CHECK(files::unknown_key("colour", some_words) ==
        "unknown key \"colour\"; what may stand here: name, password, password_hash");
}

TEST_CASE("where one word alone can stand, it is that") {
  CHECK(files::unknown_key("something", std::span(some_words).first(1)) ==
        "unknown key \"something\"; did you mean \"name\"?");
}
