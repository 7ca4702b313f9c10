// SPDX-License-Identifier: Apache-2.0
#include "config/value.h"

#include <algorithm>
#include <numeric>

namespace radhost {
namespace {

/// How many letters must change to make one word of the other (Levenshtein).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string Position::to_text() const {
  std::string text = file ? *file : std::string("configuration");
  if (line != 0) text += ":" + std::to_string(line) + ":" + std::to_string(column);
  return text;
}

const ConfigValue* ConfigValue::find(std::string_view key) const {
  if (const Table* members = table())
    for (const Member& member : *members)
      if (member.first == key) return &member.second;
  return nullptr;
}

std::string_view ConfigValue::type_name() const {
  constexpr std::string_view names[] = {"a table", "an array", "text", "an integer", "a number", "a boolean"};
  return names[value.index()];
}

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  size_t best_distance = std::max<size_t>(2, word.size() / 2) + 1;
  for (std::string_view candidate : known) {
    size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace radhost
