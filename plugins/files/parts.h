// SPDX-License-Identifier: Apache-2.0
/// Cuts a users file into parts that can be parsed one after the other.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <stdint.h>

namespace files {

/// Some whole lines of a file.
struct Part {
  std::string_view text;
  uint32_t lines_before = 0;
};

/// A parse tree takes ten times the memory of its text, so a file of a million users is better parsed in
/// parts. A cut lies before a line `[[user]]`. Where such a line is no header but lies within a value, the
/// part before the cut is not well-formed: whoever parses notices, and parses the whole.
class Parts {
 public:
  Parts(std::string_view text, size_t octets_wanted) : rest_(text), octets_wanted_(octets_wanted) {}

  /// The next part, of somewhat more than the octets wanted; nothing at the end.
  std::optional<Part> next();

 private:
  std::string_view rest_;
  size_t octets_wanted_;
  uint32_t lines_ = 0;
};

}  // namespace files
