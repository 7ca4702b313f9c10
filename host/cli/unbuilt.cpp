// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_status.h"

namespace radhost {

Run add_unbuilt(CLI::App& program, const std::string& name, const std::string& description) {
  CLI::App* command = program.add_subcommand(name, description + " (not built yet)");
  command->allow_extras();
  return [name] {
    std::cerr << "radhost " << name << ": not built yet\n";
    return exit_status::usage;
  };
}

}  // namespace radhost
