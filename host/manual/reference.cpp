// SPDX-License-Identifier: Apache-2.0
#include "manual/reference.h"

#include <set>

#include "manual/configuration_text.h"

namespace radhost {
namespace {

constexpr std::string_view begin_mark = "<!-- keys ", end_mark = "<!-- end -->";

/// In a cell of a table a bar would begin the next one.
std::string cell(const std::string& text) {
  std::string result;
  for (char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}
std::string code(const std::string& text) { return text.empty() ? std::string() : "`" + cell(text) + "`"; }

std::string markdown(const TableText& table) {
  std::string text = "| key | takes | default | |\n|---|---|---|---|\n";
  for (const KeyText& key : table.keys)
    text += "| " + code(key.key) + " | " + cell(key.kind) + " | " + code(key.usual) + " | " + cell(key.documentation) +
            " |\n";
  return text;
}

}  // namespace

std::optional<std::string> with_key_tables(const std::string& page, std::string& why) {
  std::string made;
  std::set<std::string> seen;
  size_t at = 0;
  for (size_t begin; (begin = page.find(begin_mark, at)) != std::string::npos;) {
    size_t line_end = page.find(" -->\n", begin), end = page.find(end_mark, begin);
    if (line_end == std::string::npos || end == std::string::npos || end < line_end) {
      why = "keys begin without an end";
      return std::nullopt;
    }
    std::string heading = page.substr(begin + begin_mark.size(), line_end - begin - begin_mark.size());
    const TableText* table = find_table(heading);
    if (table == nullptr || !seen.insert(heading).second) {
      why = heading + (table == nullptr ? " is no table" : " is there twice");
      return std::nullopt;
    }
    made += page.substr(at, line_end + 5 - at) + markdown(*table);
    at = end;
  }
  for (const TableText& table : configuration_tables()) {
    if (seen.contains(table.heading)) continue;
    why = table.heading + " is missing";
    return std::nullopt;
  }
  return made + page.substr(at);
}

}  // namespace radhost
