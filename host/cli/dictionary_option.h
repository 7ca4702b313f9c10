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

  /// The files that were named; else that of RADHOST_DICTIONARY; else the program's own. Throws std::runtime_error when
  /// there is none.
  std::vector<std::string> files() const;

  /// Loads them, and prints what is wrong with them.
  std::unique_ptr<Dictionary> load() const;

 private:
  std::shared_ptr<std::vector<std::string>> paths_ = std::make_shared<std::vector<std::string>>();
};

}  // namespace radhost
