// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// Reads dictionary files in the format that FreeRADIUS uses (ATTRIBUTE, VALUE, VENDOR, BEGIN-/END-VENDOR,
/// BEGIN-/END-TLV, $INCLUDE, FLAGS) and adds what they say. All mistakes are found, not only the first; what is
/// right is added all the same. Call Dictionary::finish afterwards.
std::vector<DictionaryError> parse_dictionary(const std::string& path, Dictionary& dictionary);

/// The same for text that is no file; `name` stands for it in errors, and $INCLUDE finds nothing.
std::vector<DictionaryError> parse_dictionary_text(std::string_view text, const std::string& name,
                                                   Dictionary& dictionary);

}  // namespace radhost
