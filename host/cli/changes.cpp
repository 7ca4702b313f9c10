// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <iostream>

#include "cli/commands.h"
#include "cli/control_command.h"
#include "cli/exit_status.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// A server tries a module in steps, each of which has its time.
constexpr int change_patience_s = 600;

std::string who(const Json& module) {
  return module.at("id").get<std::string>() + " " + module.at("version").get<std::string>() + ", generation " +
         std::to_string(module.at("generation").get<uint64_t>()) + ", " + module.at("module").get<std::string>() +
         " (" + module.at("sha256").get<std::string>().substr(0, 12) + ")";
}

/// One that some workers have yet to go over to has happened, and is a failure to who waits for it.
int show_swapped(const ControlOptions& options, const Json& done) {
  if (!options.json)
    std::cout << done.at("listener").get<std::string>() << "." << done.at("plugin").get<std::string>()
              << " is swapped\n  now    " << who(done.at("now")) << "\n  before " << who(done.at("before")) << "\n";
  if (!done.contains("late")) return exit_status::done;
  return fail_control(options, "not everywhere yet: " + done.at("late").get<std::string>(), exit_status::negative);
}

int swap(const ControlOptions& options, const std::string& target, const std::string& file) {
  std::string path = std::filesystem::absolute(file).lexically_normal().string();
  return ask_control(options, {"POST", "/v1/swap", Json{{"target", target}, {"file", path}}.dump(), change_patience_s},
                     [&](const Json& done) { return show_swapped(options, done); });
}

int rollback(const ControlOptions& options, const std::string& target) {
  return ask_control(options, {"POST", "/v1/rollback", Json{{"target", target}}.dump(), change_patience_s},
                     [&](const Json& done) { return show_swapped(options, done); });
}

}  // namespace

Run add_swap(CLI::App& program) {
  CLI::App* command = program.add_subcommand("swap", "replace one module on one listener");
  auto options = std::make_shared<ControlOptions>(*command);
  auto target = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  command->add_option("LISTENER.PLUGIN", *target, "such as auth.users")->required();
  command->add_option("FILE", *file, "the module")->required();
  return [options, target, file] { return swap(*options, *target, *file); };
}

Run add_rollback(CLI::App& program) {
  CLI::App* command = program.add_subcommand("rollback", "go back to the file before the last swap");
  auto options = std::make_shared<ControlOptions>(*command);
  auto target = std::make_shared<std::string>();
  command->add_option("LISTENER.PLUGIN", *target, "the last one that was swapped, unless this is given");
  return [options, target] { return rollback(*options, *target); };
}

}  // namespace radhost
