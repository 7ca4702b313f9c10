// SPDX-License-Identifier: Apache-2.0
/// Writes what is said of the program elsewhere from what it knows itself. A tool of the build: it is not installed.
///
///   radhost-manual man SOURCE TARGET                 a manual page (man_page.h)
///   radhost-manual completions bash|zsh|fish TARGET  a shell's completions
///   radhost-manual reference PAGE [--check]          renews a page's tables of keys, or says whether they are new
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/exit_status.h"
#include "cli/program.h"
#include "manual/completions.h"
#include "manual/man_page.h"
#include "manual/reference.h"

namespace radhost {
namespace {

std::optional<std::string> read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  return text.str();
}

int fail(const std::string& path, const std::string& why) {
  std::cerr << path << ": " << why << "\n";
  return exit_status::negative;
}

int write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  return file ? exit_status::done : fail(path, "cannot be written");
}

int write_man_page(const std::string& source, const std::string& target) {
  auto text = read(source);
  if (!text) return fail(source, "cannot be read");
  std::string why;
  auto page = man_page(*text, describe(Program().app()), why);
  return page ? write(target, *page) : fail(source, why);
}

int write_completions(const std::string& shell, const std::string& target) {
  CommandText program = describe(Program().app());
  if (shell == "bash") return write(target, bash_completions(program));
  if (shell == "zsh") return write(target, zsh_completions(program));
  if (shell == "fish") return write(target, fish_completions(program));
  return fail(shell, "no shell that is known");
}

int renew_reference(const std::string& path, bool only_checks) {
  auto text = read(path);
  if (!text) return fail(path, "cannot be read");
  std::string why;
  auto page = with_key_tables(*text, why);
  if (!page) return fail(path, why);
  if (!only_checks) return write(path, *page);
  return *page == *text ? exit_status::done : fail(path, "its tables of keys are not those of the program");
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "man") return write_man_page(words[1], words[2]);
  if (words.size() == 3 && words[0] == "completions") return write_completions(words[1], words[2]);
  bool only_checks = words.size() == 3 && words[2] == "--check";
  if (words.size() == (only_checks ? 3 : 2) && words[0] == "reference") return renew_reference(words[1], only_checks);
  std::cerr << "usage: radhost-manual man SOURCE TARGET | completions SHELL TARGET | reference PAGE [--check]\n";
  return exit_status::usage;
}

}  // namespace
}  // namespace radhost

int main(int argc, char** argv) { return radhost::run({argv + 1, argv + argc}); }
