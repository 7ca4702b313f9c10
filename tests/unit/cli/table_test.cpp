// SPDX-License-Identifier: Apache-2.0
#include "cli/table.h"

#include <sstream>

#include "catch.h"

using namespace radhost;

namespace {

std::string printed(const Table& table) {
  std::ostringstream out;
  table.print(out);
  return out.str();
}

}  // namespace

TEST_CASE("columns are as wide as their widest cell, and numbers stand to the right") {
  Table table({"name", "count", "more"});
  table.add({"a long name", "7", "x"});
  table.add({"b", "1234567", ""});
  CHECK(printed(table) ==
        "name           count  more\n"
        "a long name        7  x\n"
        "b            1234567\n");
}

TEST_CASE("a table without rows prints nothing") {
  Table table({"name", "count"});
  CHECK(table.empty());
  CHECK(printed(table).empty());
}
