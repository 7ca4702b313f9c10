// SPDX-License-Identifier: Apache-2.0
#include "manual/command_text.h"

#include <CLI/CLI.hpp>

namespace radhost {
namespace {

/// The words in `TEXT:{one,other}`.
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> words;
  size_t begin = type.find(":{"), end = type.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) return words;
  std::string list = type.substr(begin + 2, end - begin - 2);
  for (size_t at = 0; at <= list.size();) {
    size_t comma = std::min(list.find(',', at), list.size());
    words.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return words;
}

/// A placeholder for what the definition calls TEXT, UINT, INT or FLOAT and what it must satisfy.
std::string placeholder_of(const std::string& type) {
  std::string name = type.substr(0, type.find(':'));
  if (name == "UINT" || name == "INT" || name == "FLOAT") return "N";
  return name == "TEXT" ? "VALUE" : name;
}

OptionText describe_option(const CLI::Option& option) {
  OptionText text;
  std::string type = option.get_type_name();
  for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  text.is_argument = !option.nonpositional();
  if (text.is_argument) text.names.push_back(option.get_name(true));
  bool is_named = text.is_argument && type.starts_with("TEXT");
  text.description = option.get_description();
  text.choices = choices_of(type);
  if (option.get_items_expected_max() != 0) text.placeholder = is_named ? text.names.front() : placeholder_of(type);
  text.usual = option.get_default_str();
  text.environment = option.get_envname();
  text.is_required = option.get_required();
  text.may_repeat = option.get_expected_max() > 1;
  return text;
}

CommandText describe_command(const CLI::App& command, const std::string& name) {
  CommandText text;
  text.name = name;
  text.description = command.get_description();
  std::vector<OptionText> last;
  for (const CLI::Option* option : command.get_options({})) {
    OptionText described = describe_option(*option);
    bool is_help = option == command.get_help_ptr();
    (described.is_argument ? text.arguments : is_help ? last : text.options).push_back(std::move(described));
  }
  text.options.insert(text.options.end(), last.begin(), last.end());
  for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; }))
    text.subcommands.push_back(
        describe_command(*each, name.empty() ? each->get_name() : name + " " + each->get_name()));
  return text;
}

}  // namespace

const CommandText* CommandText::find(std::string_view whole_name) const {
  if (name == whole_name) return this;
  for (const CommandText& each : subcommands)
    if (const CommandText* found = each.find(whole_name)) return found;
  return nullptr;
}

CommandText describe(const CLI::App& program) { return describe_command(program, ""); }

}  // namespace radhost
