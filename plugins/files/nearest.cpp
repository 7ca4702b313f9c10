// SPDX-License-Identifier: Apache-2.0
#include "nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace files {
namespace {

/// How many letters must be added, left out or changed to make one word of the other (Levenshtein).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string unknown_key(std::string_view key, std::span<const std::string_view> words) {
  std::string text = "unknown key \"" + std::string(key) + "\"; ";
  const auto nearest = std::min_element(words.begin(), words.end(), [&](std::string_view a, std::string_view b) {
    return distance(key, a) < distance(key, b);
  });
  // Two letters wrong, or a quarter of them, is a slip; more is another word.
  const bool slip = nearest != words.end() && distance(key, *nearest) <= std::max<size_t>(2, nearest->size() / 4);
  if (slip || words.size() == 1) return text + "did you mean \"" + std::string(*nearest) + "\"?";

  text += "what may stand here: ";
  for (const std::string_view word : words) {
    if (word != words.front()) text += ", ";
    text += word;
  }
  return text;
}

}  // namespace files
