// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <vector>

#include "catch.h"
#include "plugin/host_table.h"

using namespace radhost;

namespace {

/// The rows of the README's table, cells apart.
std::vector<std::pair<std::string, std::string>> readme_rows() {
  std::ifstream readme(PLUGIN_README);
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::string line; std::getline(readme, line);) {
    size_t middle = line.find(" | ");
    if (line.rfind("| ", 0) != 0 || middle == std::string::npos || line.back() != '|') continue;
    std::string entry = line.substr(2, middle - 2);
    std::string instead = line.substr(middle + 3, line.size() - middle - 5);
    if (entry != "entry") rows.emplace_back(entry, instead);
  }
  return rows;
}

}  // namespace

TEST_CASE("the README lists exactly what this host does not serve yet") {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Unserved& row : unserved()) rows.emplace_back(row.entry, row.instead);
  CHECK(readme_rows() == rows);
}
