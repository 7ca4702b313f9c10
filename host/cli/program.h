// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "cli/commands.h"

namespace radhost {

/// The command line: all subcommands with their options. What parses it, `--help`, the manual pages and the shells'
/// completions are all made from it.
class Program {
 public:
  Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Does what the arguments say, and gives the exit status.
  int run(int argc, char** argv);

  const CLI::App& app() const { return app_; }

 private:
  void add(Run (*add_command)(CLI::App& program));

  CLI::App app_;
  std::vector<std::pair<CLI::App*, Run>> commands_;
};

}  // namespace radhost
