// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dictionary/dictionary.h"

namespace radhost {

/// A mistake in a dictionary file, at a line that counts from 1.
struct DictionaryError {
  std::string file;
  unsigned line = 0;
  std::string message;

  std::string to_text() const { return file + ":" + std::to_string(line) + ": " + message; }
};

/// Reads dictionary files in the format of FreeRADIUS 3.2, and in that of FreeRADIUS 4 but for structures, and adds
/// what they say. Includes lead to files in the folders of these files alone. All mistakes are found, not only the
/// first; what is right is added all the same. Call Dictionary::finish afterwards.
std::vector<DictionaryError> parse_dictionaries(std::span<const std::string> paths, Dictionary& dictionary);

/// The same for one file.
std::vector<DictionaryError> parse_dictionary(const std::string& path, Dictionary& dictionary);

/// The same for text that is no file; `name` stands for it in errors, and $INCLUDE finds nothing.
std::vector<DictionaryError> parse_dictionary_text(std::string_view text, const std::string& name,
                                                   Dictionary& dictionary);

}  // namespace radhost
