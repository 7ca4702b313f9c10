// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "cli/dictionary_option.h"
#include "cli/module_config.h"

namespace radhost {

/// FILE.so, --set and --dictionary, of the commands that take a module's file.
class ModuleOption {
 public:
  explicit ModuleOption(CLI::App& command);

  /// Throws std::runtime_error when no dictionary is found.
  ModuleSource source() const;

 private:
  DictionaryOption dictionary_;
  std::shared_ptr<ModuleSource> source_ = std::make_shared<ModuleSource>();
};

}  // namespace radhost
