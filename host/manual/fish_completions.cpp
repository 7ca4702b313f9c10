// SPDX-License-Identifier: Apache-2.0
#include "manual/completions.h"

namespace radhost {
namespace {

/// In single quotes, as fish reads them.
std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// The words of an option, or how files are found.
std::string values_of(const OptionText& option) {
  if (option.placeholder.empty()) return "";
  if (option.takes_file()) return " -r -F";
  if (option.takes_folder()) return " -x -a '(__fish_complete_directories)'";
  std::string words;
  for (const std::string& word : option.choices) words += (words.empty() ? "" : " ") + word;
  return words.empty() ? " -x" : " -x -a " + fish_quoted(words);
}

void put_command(const CommandText& command, std::string& script) {
  std::string line = "complete -c radhost -n " + fish_quoted("__radhost_at " + command.name);
  for (const CommandText& each : command.subcommands)
    script += line + " -f -a " + fish_quoted(each.own_name()) + " -d " + fish_quoted(each.description) + "\n";
  for (const OptionText& option : command.options) {
    script += line;
    for (const std::string& name : option.names)
      script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    script += values_of(option) + " -d " + fish_quoted(option.description) + "\n";
  }
  bool takes_file = false;
  for (const OptionText& argument : command.arguments) {
    takes_file = takes_file || argument.takes_file();
    if (!argument.choices.empty()) script += line + values_of(argument) + "\n";
  }
  if (!takes_file) script += line + " -f\n";
  for (const CommandText& each : command.subcommands) put_command(each, script);
}

/// The names of all commands that have subcommands of their own.
void put_groups(const CommandText& command, std::string& words) {
  for (const CommandText& each : command.subcommands) {
    if (!each.subcommands.empty()) words += " " + each.own_name();
    put_groups(each, words);
  }
}

}  // namespace

std::string fish_completions(const CommandText& program) {
  std::string groups;
  put_groups(program, groups);
  std::string script =
      "# fish completion for radhost\n"
      "# __radhost_at COMMAND...: is this the subcommand that the line has got to?\n"
      "function __radhost_at\n"
      "    set -l path\n"
      "    for word in (commandline -poc)[2..]\n"
      "        string match -q -- '-*' $word; and break\n"
      "        set path $path $word\n"
      "        contains -- $word" + groups + "; or break\n"
      "    end\n"
      "    test \"$path\" = \"$argv\"\n"
      "end\n\n";
  put_command(program, script);
  return script;
}

}  // namespace radhost
