// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace radhost {

/// Rows of text in columns as wide as their widest cell. Columns of numbers stand to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> headings);

  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.size() == 1; }

  /// The headings and all rows; nothing where there are none.
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the headings first
};

}  // namespace radhost
