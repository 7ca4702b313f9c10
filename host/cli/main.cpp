// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "base/version.h"
#include "cli/commands.h"
#include "cli/exit_status.h"

namespace radhost {
namespace {

int run_program(int argc, char** argv) {
  CLI::App program("A RADIUS server whose policy is hot-swapped modules.", "radhost");
  program.set_version_flag("--version", "radhost " + std::string(program_version));
  program.require_subcommand(1);

  std::vector<std::pair<CLI::App*, Run>> commands;
  auto add = [&](Run run) { commands.emplace_back(program.get_subcommands({}).back(), std::move(run)); };
  add(add_serve(program));
  add(add_check(program));
  add(add_run(program));
  add(add_config(program));
  add(add_send(program));
  add(add_load(program));
  add(add_decode(program));
  add(add_encode(program));
  add(add_dict(program));
  add(add_status(program));
  add(add_stats(program));
  add(add_drain(program));
  add(add_log(program));
  add(add_reload(program));
  add(add_swap(program));
  add(add_rollback(program));
  add(add_trace(program));
  add(add_plugin(program));

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int status = program.exit(error);
    return status == 0 ? exit_status::done : exit_status::usage;
  }
  for (auto& [command, run] : commands)
    if (command->parsed()) return run();
  return exit_status::usage;
}

}  // namespace
}  // namespace radhost

int main(int argc, char** argv) {
  try {
    return radhost::run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "radhost: " << error.what() << "\n";
    return radhost::exit_status::negative;
  }
}
