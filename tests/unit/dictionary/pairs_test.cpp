// SPDX-License-Identifier: Apache-2.0
/// The syntax of pairs, before the dictionary is asked.
#include "catch.h"
#include "dictionary/notation.h"

using namespace radhost;

namespace {

/// The pairs of text as "name:tag=value|".
std::string pairs_of(std::string_view text) {
  auto pairs = parse_pairs(text);
  REQUIRE(pairs.ok());
  std::string shown;
  for (const Pair& pair : *pairs) {
    shown += pair.name;
    if (pair.tag != AttributeView::no_tag) shown += ":" + std::to_string(pair.tag);
    shown += "=" + pair.value + "|";
  }
  return shown;
}

std::string mistake(std::string_view text) {
  auto pairs = parse_pairs(text);
  return pairs.ok() ? "none" : pairs.error();
}

}  // namespace

TEST_CASE("pairs are separated by commas or by lines") {
  CHECK(pairs_of("") == "");
  CHECK(pairs_of(" \n\t,\n") == "");
  CHECK(pairs_of("A = 1, B=2,C =3") == "A=1|B=2|C=3|");
  CHECK(pairs_of("A = 1\nB = 2\r\nC = 3\n") == "A=1|B=2|C=3|");
  CHECK(pairs_of("A = \"1\" , B = \"2\"\n") == "A=1|B=2|");
}

TEST_CASE("a bare value goes to the comma or the line's end, without the blanks there") {
  CHECK(pairs_of("A = Jan 1 2023 , B = x  \n") == "A=Jan 1 2023|B=x|");
  CHECK(pairs_of("A = 2001:db8::1, B = a=b") == "A=2001:db8::1|B=a=b|");
}

TEST_CASE("the operators of other programs are read as =") {
  CHECK(pairs_of("A := 1, B += 2, C == 3, D=4, E:=5") == "A=1|B=2|C=3|D=4|E=5|");
}

TEST_CASE("an operator may follow a tag without a blank") {
  CHECK(pairs_of("A:1:=4, B:2+=5, C:3==6") == "A:1=4|B:2=5|C:3=6|");
}

TEST_CASE("tags stand behind the name") {
  CHECK(pairs_of("A:0 = 1, A:1 = 2, A:31=3, A:1 := 4") == "A:0=1|A:1=2|A:31=3|A:1=4|");
  for (const char* bad : {"A:32 = 1", "A:x = 1", "A:1x = 1", "A:-1 = 1", "A:1:2 = 1"}) {
    INFO(bad);
    CHECK_FALSE(parse_pairs(bad).ok());
  }
}

TEST_CASE("a tag is split off its name") {
  auto split = [](std::string_view name) {
    int tag = AttributeView::no_tag;
    bool ok = split_tag(name, tag);
    return std::string(name) + "/" + std::to_string(tag) + (ok ? "" : " refused");
  };
  CHECK(split("Tunnel-Type") == "Tunnel-Type/-1");
  CHECK(split("Tunnel-Type:1") == "Tunnel-Type/1");
  CHECK(split("Tunnel-Type:0") == "Tunnel-Type/0");
  for (const char* bad : {"A:", "A:32", "A:x", "A:1 ", "A:+1"}) {
    INFO(bad);
    CHECK(split(bad).ends_with("refused"));
  }
}

TEST_CASE("quotes keep what stands in them, and escapes stand for octets") {
  CHECK(pairs_of(R"(A = "a, b = c" , B = "")") == "A=a, b = c|B=|");
  CHECK(pairs_of(R"(A = "\"\\\n\r\t\101\377")") == "A=\"\\\n\r\tA\xff|");
  CHECK(pairs_of("A = \"two\nlines\"") == "A=two\nlines|");
  using namespace std::string_view_literals;
  CHECK((*parse_pairs(R"(A = "a\000b")"))[0].value == "a\0b"sv);
}

TEST_CASE("a mistake is told with the character where it stands") {
  const std::pair<const char*, unsigned> rows[] = {{"A", 2},
                                                   {"A =", 4},
                                                   {"A = ", 5},
                                                   {"= 1", 1},
                                                   {"A 1", 3},
                                                   {"A = \"x", 7},
                                                   {"A = \"x\" y", 9},
                                                   {"A = \"\\q\"", 7},
                                                   {"A = \"\\", 7},
                                                   {"A = 1, B", 9},
                                                   {"A = 1, , = 2", 10},
                                                   {"A = \"\\400\"", 7},
                                                   {"A = \"\\08\"", 7},
                                                   {"A:99 = 1", 1},
                                                   {"A = ,", 5}};
  for (auto [text, character] : rows) {
    INFO(text);
    std::string told = mistake(text);
    CHECK(told.ends_with(", at character " + std::to_string(character)));
  }
}
