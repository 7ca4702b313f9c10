// SPDX-License-Identifier: Apache-2.0
/// Dictionaries of a few lines.
#pragma once

#include "catch.h"
#include "dictionary/parser.h"

namespace radhost::test {

/// The mistakes of a text, a line each.
inline std::string mistakes(std::string_view text) {
  Dictionary dictionary;
  std::string lines;
  for (const DictionaryError& error : parse_dictionary_text(text, "d", dictionary)) lines += error.to_text() + "\n";
  return lines;
}

/// Is there one mistake, at this line, that speaks of this?
inline bool fails_at(unsigned line, std::string_view about, std::string_view text) {
  Dictionary dictionary;
  std::vector<DictionaryError> errors = parse_dictionary_text(text, "d", dictionary);
  INFO(mistakes(text));
  CHECK(errors.size() == 1);
  return errors.size() == 1 && errors[0].file == "d" && errors[0].line == line &&
         errors[0].message.find(about) != std::string::npos;
}

/// The attribute of a name, which must be there.
inline const AttributeDefinition& attribute(const Dictionary& dictionary, std::string_view name) {
  INFO(name);
  const AttributeDefinition* found = dictionary.find(name);
  REQUIRE(found != nullptr);
  return *found;
}

/// Adds a text without mistakes, and finishes the dictionary.
inline void read(Dictionary& dictionary, std::string_view text) {
  REQUIRE(mistakes(text) == "");
  REQUIRE(parse_dictionary_text(text, "d", dictionary).empty());
  dictionary.finish();
}

}  // namespace radhost::test
