// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "dictionary/dictionary.h"

namespace radhost {

/// The --dictionary option of the commands that need no server.
class DictionaryOption {
 public:
  explicit DictionaryOption(CLI::App& command);

  /// Loads the files that were named; else those of RADHOST_DICTIONARY; else the program's own. Prints what is wrong
  /// with them, and throws std::runtime_error when there is none.
  std::unique_ptr<Dictionary> load() const;

 private:
  std::shared_ptr<std::vector<std::string>> paths_ = std::make_shared<std::vector<std::string>>();
};

}  // namespace radhost
