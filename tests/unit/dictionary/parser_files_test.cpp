// SPDX-License-Identifier: Apache-2.0
/// Dictionaries in several files, which name or include each other.
#include <filesystem>

#include "dictionary/parsing.h"
#include "support/temporary_folder.h"

using namespace radhost;
using namespace radhost::test;

TEST_CASE("includes are found from the folder of the file that includes") {
  TemporaryFolder folder;
  std::string top = folder.write(
      "top", "$INCLUDE sub/one\nATTRIBUTE T 1 string\n$INCLUDE " + folder.path("absolute") + "\n$INCLUDE- nothing\n");
  folder.write("sub/one", "ATTRIBUTE A 2 string\n$INCLUDE two\n$INCLUDE ../three\n");
  folder.write("sub/two", "ATTRIBUTE B 3 string\n");
  folder.write("three", "ATTRIBUTE C 4 string\n");
  folder.write("absolute", "ATTRIBUTE D 5 string\n");
  Dictionary dictionary;
  for (const DictionaryError& error : parse_dictionary(top, dictionary)) FAIL_CHECK(error.to_text());
  for (const char* name : {"A", "B", "C", "D", "T"}) {
    INFO(name);
    CHECK(dictionary.find(name) != nullptr);
  }
}

TEST_CASE("an include leads to the folders of the dictionaries, and nowhere else") {
  TemporaryFolder folder, other;
  std::string outside = other.write("outside", "ATTRIBUTE A 1 string\n");
  std::string top = folder.write("top", "\n$INCLUDE " + outside + "\n$INCLUDE- " + outside + "\n$INCLUDE link\n");
  std::filesystem::create_symlink(outside, folder.path("link"));
  Dictionary dictionary;
  auto errors = parse_dictionary(top, dictionary);
  REQUIRE(errors.size() == 3);
  CHECK(errors[0].to_text().starts_with(top + ":2: " + outside));
  CHECK(errors[1].line == 3);
  CHECK(errors[2].line == 4);
  CHECK(dictionary.find("A") == nullptr);

  // A dictionary of its own opens its folder.
  Dictionary both;
  CHECK(parse_dictionaries(std::vector{top, outside}, both).empty());
  CHECK(both.find("A") != nullptr);

  // A folder whose name begins like the dictionary's is another one.
  std::string sibling = folder.write("dictionaries/top", "$INCLUDE ../dictionaries2/leaf\n");
  folder.write("dictionaries2/leaf", "ATTRIBUTE A 1 string\n");
  CHECK(parse_dictionary(sibling, dictionary).size() == 1);
}

TEST_CASE("a VALUE in one file may name an ATTRIBUTE of a later one") {
  TemporaryFolder folder;
  std::vector<std::string> files{folder.write("one", "VALUE A one 1\n"),
                                 folder.write("two", "ATTRIBUTE A 1 integer\n")};
  Dictionary dictionary;
  CHECK(parse_dictionaries(files, dictionary).empty());
  dictionary.finish();
  CHECK(dictionary.value_by_name(attribute(dictionary, "A"), "one") == 1u);
}

TEST_CASE("mistakes of an included file are told with its name and line") {
  TemporaryFolder folder;
  std::string top = folder.write("top", "\n$INCLUDE sub\nATTRIBUTE X x string\n");
  std::string sub = folder.write("sub", "\n\nWORD\nVALUE Nothing one 1\nBEGIN-TLV Nothing\n");
  Dictionary dictionary;
  auto errors = parse_dictionary(top, dictionary);
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].to_text().starts_with(sub + ":3: "));
  CHECK(errors[1].to_text().starts_with(sub + ":5: "));
  CHECK(errors[2].to_text().starts_with(top + ":3: "));
  CHECK(errors[3].to_text().starts_with(sub + ":4: "));  // what waits for an attribute is told last
}

TEST_CASE("a file that is not there is a mistake where it is named") {
  TemporaryFolder folder;
  std::string top = folder.write("top", "\n$INCLUDE nothing\n");
  Dictionary dictionary;
  auto errors = parse_dictionary(top, dictionary);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].to_text().starts_with(top + ":2: "));
  CHECK(errors[0].message.find("nothing") != std::string::npos);
  CHECK(parse_dictionary(folder.path("nothing"), dictionary).size() == 1);
  CHECK(parse_dictionary(folder.path("."), dictionary).size() == 1);
}

TEST_CASE("files that include each other are a mistake, and a file included twice is not") {
  TemporaryFolder folder;
  std::string one = folder.write("one", "$INCLUDE two\n");
  std::string two = folder.write("two", "\n$INCLUDE ./one\n");
  Dictionary dictionary;
  auto errors = parse_dictionary(one, dictionary);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].to_text().starts_with(two + ":2: "));
  std::string top = folder.write("top", "$INCLUDE leaf\n$INCLUDE leaf\n");
  folder.write("leaf", "ATTRIBUTE A 1 string\n");
  Dictionary other;
  CHECK(parse_dictionary(top, other).empty());
}

TEST_CASE("includes sixteen deep are read, deeper ones are a mistake") {
  TemporaryFolder folder;
  for (int i = 1; i < 17; ++i) folder.write("d" + std::to_string(i), "$INCLUDE d" + std::to_string(i + 1) + "\n");
  folder.write("d17", "ATTRIBUTE A 1 string\n");
  Dictionary sixteen, seventeen;
  CHECK(parse_dictionary(folder.path("d2"), sixteen).empty());
  CHECK(sixteen.find("A") != nullptr);
  CHECK(parse_dictionary(folder.path("d1"), seventeen).size() == 1);
}

TEST_CASE("what a file begins ends with it, and FLAGS internal too") {
  TemporaryFolder folder;
  std::string top = folder.write("top", "$INCLUDE internal\nATTRIBUTE A 1 string\n");
  folder.write("internal", "FLAGS internal\nATTRIBUTE B 2 string\n");
  Dictionary dictionary;
  CHECK(parse_dictionary(top, dictionary).empty());
  CHECK(dictionary.find("B")->internal);
  CHECK_FALSE(dictionary.find("A")->internal);

  std::string begun = folder.write("begun", "VENDOR Acme 9\n$INCLUDE half\nATTRIBUTE C 3 string\n");
  folder.write("half", "BEGIN-VENDOR Acme\n");
  auto errors = parse_dictionary(begun, dictionary);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].file == folder.path("half"));
  CHECK(dictionary.find("C")->vendor == 0);
}

TEST_CASE("text that is no file includes nothing") { CHECK(fails_at(1, "folder", "$INCLUDE dictionary")); }
