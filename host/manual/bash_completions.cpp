// SPDX-License-Identifier: Apache-2.0
#include "manual/completions.h"

namespace radhost {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Lines of a `case` that tell subcommands from what else stands on the line.
void put_paths(const CommandText& command, std::string& script) {
  for (const CommandText& each : command.subcommands) {
    script += "      " + shell_quoted(command.name + "/" + each.own_name()) + ") command=" + shell_quoted(each.name) +
              " ;;\n";
    put_paths(each, script);
  }
}

/// What stands behind an option that takes something.
void put_values(const CommandText& command, std::string& script) {
  for (const OptionText& option : command.options) {
    if (option.placeholder.empty()) continue;
    std::string patterns;
    for (const std::string& name : option.names)
      patterns += (patterns.empty() ? "" : " | ") + shell_quoted(command.name + "/" + name);
    std::string action = !option.choices.empty()  ? "-W " + shell_quoted(joined(option.choices))
                         : option.takes_file()    ? "-f"
                         : option.takes_folder()  ? "-d"
                                                  : "";
    script += "    " + patterns + ") " +
              (action.empty() ? std::string() : "mapfile -t COMPREPLY < <(compgen " + action + " -- \"$word\")\n      ") +
              "return ;;\n";
  }
  for (const CommandText& each : command.subcommands) put_values(each, script);
}

/// What may stand where nothing else is asked for: subcommands, or options where a dash begins the word, and else files
/// if it has an argument that is one.
void put_words(const CommandText& command, std::string& script) {
  std::string options, others;
  for (const OptionText& option : command.options) options += joined(option.names) + " ";
  for (const CommandText& each : command.subcommands) others += each.own_name() + " ";
  bool takes_file = false;
  for (const OptionText& argument : command.arguments) {
    others += argument.choices.empty() ? "" : joined(argument.choices) + " ";
    takes_file = takes_file || argument.takes_file();
  }
  script += "    " + shell_quoted(command.name) + ")\n      options=" + shell_quoted(options) +
            " words=" + shell_quoted(others) + " files=" + (takes_file ? "-f" : "") + " ;;\n";
  for (const CommandText& each : command.subcommands) put_words(each, script);
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string bash_completions(const CommandText& program) {
  std::string script =
      "# bash completion for radhost\n"
      "_radhost() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= options= words= files= i\n"
      "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
      "    case \"$command/${COMP_WORDS[i]}\" in\n";
  put_paths(program, script);
  script +=
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case \"$command/$before\" in\n";
  put_values(program, script);
  script +=
      "  esac\n"
      "  case \"$command\" in\n";
  put_words(program, script);
  script +=
      "  esac\n"
      "  case \"$word\" in\n"
      "    -*) words=$options files= ;;\n"
      "  esac\n"
      "  # shellcheck disable=SC2086 # -f or nothing\n"
      "  mapfile -t COMPREPLY < <(compgen $files -W \"$words\" -- \"$word\")\n"
      "}\n"
      "complete -o filenames -F _radhost radhost\n";
  return script;
}

}  // namespace radhost
