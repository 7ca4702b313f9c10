// SPDX-License-Identifier: Apache-2.0
#include "manual/man_page.h"

#include <sstream>

#include "base/version.h"

namespace radhost {
namespace {

/// Text as roff takes it: dashes that can be copied, and nothing at the beginning of a line that commands.
std::string roff(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '-') result += "\\-";
    else if (c == '\\') result += "\\e";
    else result += c;
  }
  bool is_command = result.starts_with('.') || result.starts_with('\'');
  return is_command ? "\\&" + result : result;
}
std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string sentence(const std::string& text) { return roff(text) + "."; }

std::string synopsis(const CommandText& command) {
  std::string line = ".B radhost " + roff(command.name) + "\n";
  for (const OptionText& option : command.options)
    if (option.is_required) line += bold(option.names.back()) + " " + italic(option.placeholder) + "\n";
  line += "[" + italic("OPTION") + "...]\n";
  for (const OptionText& argument : command.arguments) {
    std::string name = italic(argument.names.front()) + (argument.may_repeat ? "..." : "");
    line += argument.is_required ? name + "\n" : "[" + name + "]\n";
  }
  return line;
}

std::string heading_of(const OptionText& option) {
  if (option.is_argument) return italic(option.names.front());
  std::string names;
  for (const std::string& name : option.names) names += (names.empty() ? "" : ", ") + bold(name);
  return option.placeholder.empty() ? names : names + " " + italic(option.placeholder);
}

std::string list(const CommandText& command) {
  std::string text;
  auto add = [&](const OptionText& option) {
    text += ".TP\n" + heading_of(option) + "\n" + sentence(option.description) + "\n";
    if (!option.choices.empty()) {
      std::string words;
      for (const std::string& word : option.choices) words += (words.empty() ? "" : ", ") + bold(word);
      text += "One of " + words + ".\n";
    }
    if (!option.usual.empty()) text += "Without it " + bold(option.usual) + ".\n";
    if (!option.environment.empty()) text += "The environment may say it as " + bold(option.environment) + ".\n";
    if (option.is_required && !option.is_argument) text += "It must be there.\n";
  };
  for (const OptionText& argument : command.arguments) add(argument);
  for (const OptionText& option : command.options) add(option);
  return text;
}

std::string list(const TableText& table) {
  std::string text;
  for (const KeyText& key : table.keys) {
    text += ".TP\n" + bold(key.key) + (key.usual.empty() ? "" : " = " + roff(key.usual)) + "\n";
    text += sentence(key.documentation) + "\nTakes: " + sentence(key.kind) + "\n";
  }
  return text;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
}

}  // namespace

std::optional<std::string> man_page(const std::string& source, const CommandText& program, std::string& why) {
  std::string page;
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    bool is_asked = line.size() > 2 && line.front() == '@' && line.back() == '@' && line.find(' ') != std::string::npos;
    if (!is_asked) {
      page += line + "\n";
      continue;
    }
    size_t space = line.find(' ');
    std::string what = line.substr(1, space - 1), of = line.substr(space + 1, line.size() - space - 2);
    const CommandText* command = program.find(of);
    const TableText* table = find_table(of);
    if (what == "SYNOPSIS" && command != nullptr) page += synopsis(*command);
    else if (what == "OPTIONS" && command != nullptr) page += list(*command);
    else if (what == "KEYS" && table != nullptr) page += list(*table);
    else {
      why = "there is nothing for " + line;
      return std::nullopt;
    }
  }
  replace_all(page, "@VERSION@", program_version);
  return page;
}

}  // namespace radhost
