// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.h"
#include "cli/plugin_commands.h"

namespace radhost {

Run add_plugin(CLI::App& program) {
  CLI::App* plugin = program.add_subcommand("plugin", "make, check and test modules");
  plugin->require_subcommand(1);
  std::vector<std::pair<CLI::App*, Run>> commands;
  auto add = [&](Run run) { commands.emplace_back(plugin->get_subcommands({}).back(), std::move(run)); };
  add(add_plugin_new(*plugin));
  add(add_plugin_check(*plugin));
  add(add_plugin_test(*plugin));
  return [commands] {
    for (const auto& [command, run] : commands)
      if (command->parsed()) return run();
    return exit_status::usage;
  };
}

}  // namespace radhost
