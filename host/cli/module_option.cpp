// SPDX-License-Identifier: Apache-2.0
#include "cli/module_option.h"

namespace radhost {

ModuleOption::ModuleOption(CLI::App& command) : dictionary_(command) {
  command.add_option("FILE.so", source_->file, "the module")->required();
  command
      .add_option("--set", source_->settings,
                  "key=value, for the module's own table; dotted keys make tables; may repeat")
      ->allow_extra_args(false);
  command.add_option("--config", source_->config, "a configuration whose plugins, chains and pools stand beside it")
      ->type_name("FILE");
}

ModuleSource ModuleOption::source() const {
  ModuleSource source = *source_;
  source.dictionaries = dictionary_.files();
  return source;
}

}  // namespace radhost
