// SPDX-License-Identifier: Apache-2.0
#include "parts.h"

#include <algorithm>

namespace files {

std::optional<Part> Parts::next() {
  constexpr std::string_view header = "\n[[user]]";
  if (rest_.empty()) return std::nullopt;

  // A part has a header of its own in it, so that a key `user` before all tables meets one, as it must.
  const size_t first = rest_.starts_with(header.substr(1)) ? 0 : rest_.find(header);
  size_t length = rest_.size();
  if (first != std::string_view::npos) {
    const size_t cut = rest_.find(header, std::max(first + 1, octets_wanted_));
    if (cut != std::string_view::npos) length = cut + 1;
  }
  const Part part{rest_.substr(0, length), lines_};
  rest_.remove_prefix(length);
  lines_ += static_cast<uint32_t>(std::count(part.text.begin(), part.text.end(), '\n'));
  return part;
}

}  // namespace files
