// SPDX-License-Identifier: Apache-2.0
#include "../json_text.h"

#include "catch.h"

namespace {

std::string json(std::string_view text) {
  std::string line = "before ";
  acctlog::append_json_text(line, text);
  return line.substr(7);
}

}  // namespace

TEST_CASE("plain text stands in quotes as it is") {
  CHECK(json("") == "\"\"");
  CHECK(json("bob@example.net ~!") == "\"bob@example.net ~!\"");
}

TEST_CASE("quotes, backslashes and control characters are escaped, so that a record stays one line") {
  CHECK(json("a\"b") == R"("a\"b")");
  CHECK(json("a\\b") == R"("a\\b")");
  CHECK(json("a\nb\r") == R"("a\nb\r")");
  CHECK(json(std::string_view("a\0b", 3)) == R"("a\u0000b")");
  CHECK(json("\x1b") == R"("\u001b")");
}

TEST_CASE("UTF-8 stays, and what is not becomes the replacement character") {
  CHECK(json("caf\xc3\xa9") == "\"caf\xc3\xa9\"");
  CHECK(json("caf\xe9!") == "\"caf\xef\xbf\xbd!\"");
  CHECK(json("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}
