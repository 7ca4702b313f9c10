// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "manual/completions.h"

namespace radhost {
namespace {

/// Within a specification for _arguments or _describe: what divides its parts stands behind a backslash.
std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string action_of(const OptionText& option) {
  if (option.takes_folder()) return "_files -/";
  if (option.takes_file()) return "_files";
  std::string words;
  for (const std::string& word : option.choices) words += (words.empty() ? "" : " ") + word;
  return words.empty() ? std::string(" ") : "(" + words + ")";
}

/// A line for each of an option's names; they exclude each other unless it may repeat.
void put_option(const OptionText& option, std::string& script) {
  std::string excluded;
  for (const std::string& name : option.names) excluded += (excluded.empty() ? "" : " ") + name;
  for (const std::string& name : option.names) {
    std::string specification = option.may_repeat ? "*" : "(" + excluded + ")";
    specification += name + "[" + escaped(option.description) + "]";
    if (!option.placeholder.empty()) specification += ":" + escaped(option.placeholder) + ":" + action_of(option);
    script += " \\\n        " + shell_quoted(specification);
  }
}

void put_arguments(const CommandText& command, std::string& script) {
  script += "      _arguments";
  for (const OptionText& option : command.options) put_option(option, script);
  for (const OptionText& argument : command.arguments) {
    std::string place = argument.may_repeat ? "*" : argument.is_required ? "" : ":";
    script += " \\\n        " +
              shell_quoted(place + ":" + escaped(argument.names.front()) + ":" + action_of(argument));
  }
  script += " ;;\n";
}

/// A function for a command that has subcommands: it names them, or completes what belongs to one.
void put_function(const CommandText& command, std::string& script) {
  for (const CommandText& each : command.subcommands)
    if (!each.subcommands.empty()) put_function(each, script);
  std::string suffix = command.name;
  std::replace(suffix.begin(), suffix.end(), ' ', '_');
  script += "_radhost" + (suffix.empty() ? "" : "_" + suffix) +
            "() {\n  if (( CURRENT == 2 )); then\n    local -a commands=(";
  for (const CommandText& each : command.subcommands)
    script += "\n      " + shell_quoted(escaped(each.own_name()) + ":" + each.description);
  script += ")\n    local -a options=(";
  for (const OptionText& option : command.options)
    script += "\n      " + shell_quoted(option.names.back() + ":" + option.description);
  script +=
      ")\n"
      "    if [[ $PREFIX == -* ]]; then\n"
      "      _describe -o option options\n"
      "    else\n"
      "      _describe command commands\n"
      "    fi\n"
      "    return\n"
      "  fi\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $words[1] in\n";
  for (const CommandText& each : command.subcommands) {
    script += "    " + each.own_name() + ")\n";
    if (each.subcommands.empty()) put_arguments(each, script);
    else script += "      _radhost_" + each.own_name() + " ;;\n";
  }
  script += "  esac\n}\n\n";
}

}  // namespace

std::string zsh_completions(const CommandText& program) {
  std::string script = "#compdef radhost\n# zsh completion for radhost\n\n";
  put_function(program, script);
  // Read as an autoloaded function it completes at once; sourced it is only defined.
  script += "if [[ $funcstack[1] == _radhost ]]; then\n  _radhost \"$@\"\nelse\n  compdef _radhost radhost\nfi\n";
  return script;
}

}  // namespace radhost
