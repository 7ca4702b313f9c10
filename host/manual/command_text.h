// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace radhost {

/// What the command line knows of itself, as manual pages and completions want it.

/// An option, a flag or an argument.
struct OptionText {
  std::vector<std::string> names;    ///< -c, --config; of an argument its placeholder alone
  std::string placeholder;           ///< what it takes, such as FILE; empty for a flag
  std::string description;           ///< without a full stop
  std::vector<std::string> choices;  ///< the words that it takes; empty where it takes others
  std::string usual;                 ///< what holds when it is left out; empty where that is not said
  std::string environment;           ///< the variable that stands in for it
  bool is_argument = false;
  bool is_required = false;
  bool may_repeat = false;

  bool takes_file() const { return placeholder == "FILE" || placeholder == "FILE.so"; }
  bool takes_folder() const { return placeholder == "FOLDER"; }
};

struct CommandText {
  std::string name;  ///< with those above it: `plugin new`; empty for the program itself
  std::string description;
  std::vector<OptionText> arguments, options;  ///< in their order; --help is the last option
  std::vector<CommandText> subcommands;

  /// Its last word.
  std::string own_name() const { return name.substr(name.rfind(' ') + 1); }
  /// The subcommand with this whole name, at any depth; nullptr if there is none.
  const CommandText* find(std::string_view whole_name) const;
};

CommandText describe(const CLI::App& program);

}  // namespace radhost
