// SPDX-License-Identifier: Apache-2.0
#include "cli/program.h"

#include "base/version.h"
#include "cli/exit_status.h"

namespace radhost {

Program::Program() : app_("A RADIUS server whose policy is hot-swapped modules.", "radhost") {
  app_.set_help_flag("-h,--help", "print this, and exit");
  app_.set_version_flag("--version", "radhost " + std::string(program_version), "print the version, and exit");
  app_.require_subcommand(1);
  add(add_serve);
  add(add_check);
  add(add_run);
  add(add_config);
  add(add_send);
  add(add_load);
  add(add_decode);
  add(add_encode);
  add(add_dict);
  add(add_status);
  add(add_stats);
  add(add_drain);
  add(add_log);
  add(add_reload);
  add(add_swap);
  add(add_rollback);
  add(add_trace);
  add(add_plugin);
}

void Program::add(Run (*add_command)(CLI::App& program)) {
  Run run = add_command(app_);
  commands_.emplace_back(app_.get_subcommands({}).back(), std::move(run));
}

int Program::run(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int status = app_.exit(error);
    return status == 0 ? exit_status::done : exit_status::usage;
  }
  for (auto& [command, run] : commands_)
    if (command->parsed()) return run();
  return exit_status::usage;
}

}  // namespace radhost
