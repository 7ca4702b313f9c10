// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

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

void print_swapped(const Json& done) {
  std::cout << done.at("listener").get<std::string>() << "." << done.at("plugin").get<std::string>()
            << " is swapped\n  now    " << who(done.at("now")) << "\n  before " << who(done.at("before")) << "\n";
}

void print_reloaded(const Json& done, std::string_view with_changes, std::string_view without) {
  const Json& changes = done.at("changes");
  std::cout << (changes.empty() ? without : with_changes) << "\n";
  for (const Json& change : changes) std::cout << "  " << change.at("text").get<std::string>() << "\n";
}

/// A change that some workers have yet to go over to has happened, and is a failure to who waits for it.
int status_of(const ControlOptions& options, const Json& done) {
  if (!done.contains("late")) return exit_status::done;
  return fail_control(options, "not everywhere yet: " + done.at("late").get<std::string>(), exit_status::negative);
}

/// What the server says of itself; null where there is none, or it says nothing of use.
Json status_at(const std::string& socket) {
  auto answer = ask_server(socket, {"GET", "/v1/status"});
  return answer.ok() && answer->status == 200 ? Json::parse(answer->body, nullptr, false) : Json();
}

/// Waits until the process serves that is to take over, or has ended without it.
int await_successor(const ControlOptions& options, int pid) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(change_patience_s);
  for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(std::chrono::milliseconds(50))) {
    Json status = status_at(options.socket);
    if (!status.is_object()) continue;  // one has let go of the socket, and the other does not have it yet
    if (status.value("pid", 0) == pid) {
      if (!options.json) std::cout << "process " << pid << " of the new program has taken over\n";
      return exit_status::done;
    }
    if (status.value("successor", 0) != pid)
      return fail_control(options, "process " + std::to_string(pid) + ", which was to take over, has ended; its log says why",
                          exit_status::negative);
  }
  return fail_control(options, "process " + std::to_string(pid) + " has not taken over in time", exit_status::negative);
}

struct ReloadFlags {
  bool dry_run = false;
  bool keep_swaps = false;
  bool tls_recheck = false;
  bool upgrade = false;
};

int reload(const ControlOptions& options, const ReloadFlags& flags) {
  Json body{{"dry_run", flags.dry_run}, {"keep_swaps", flags.keep_swaps}, {"tls_recheck", flags.tls_recheck},
            {"upgrade", flags.upgrade}};
  return ask_control(options, {"POST", "/v1/reload", body.dump(), change_patience_s}, [&](const Json& done) {
    if (done.contains("successor")) return await_successor(options, done.at("successor").get<int>());
    if (!options.json && flags.dry_run) print_reloaded(done, "a reload would change", "a reload would change nothing");
    if (!options.json && !flags.dry_run) print_reloaded(done, "reloaded", "reloaded; nothing is different");
    return status_of(options, done);
  });
}

int swap(const ControlOptions& options, const std::string& target, const std::string& file) {
  std::string path = std::filesystem::absolute(file).lexically_normal().string();
  return ask_control(options, {"POST", "/v1/swap", Json{{"target", target}, {"file", path}}.dump(), change_patience_s},
                     [&](const Json& done) {
                       if (!options.json) print_swapped(done);
                       return status_of(options, done);
                     });
}

int rollback(const ControlOptions& options, const std::string& target) {
  return ask_control(options, {"POST", "/v1/rollback", Json{{"target", target}}.dump(), change_patience_s},
                     [&](const Json& done) {
                       bool is_reload = done.contains("changes");
                       if (!options.json && is_reload)
                         print_reloaded(done, "the configuration before the last reload is back",
                                        "the configuration before the last reload is back; nothing is different");
                       if (!options.json && !is_reload) print_swapped(done);
                       return status_of(options, done);
                     });
}

}  // namespace

Run add_reload(CLI::App& program) {
  CLI::App* command = program.add_subcommand("reload", "read the configuration, and all that it depends on, anew");
  auto options = std::make_shared<ControlOptions>(*command);
  auto flags = std::make_shared<ReloadFlags>();
  command->add_flag("--dry-run", flags->dry_run, "print what would change, or why it cannot be, and change nothing");
  command->add_flag("--keep-swaps", flags->keep_swaps, "modules that were swapped in stay");
  command->add_flag("--tls-recheck", flags->tls_recheck,
                    "end connections whose certificates are not believed any more");
  command->add_flag("--upgrade", flags->upgrade,
                    "where the program's file was replaced, have a process of the new one take over");
  return [options, flags] { return reload(*options, *flags); };
}

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
  CLI::App* command = program.add_subcommand("rollback", "go back to what there was before the last swap or reload");
  auto options = std::make_shared<ControlOptions>(*command);
  auto target = std::make_shared<std::string>();
  command->add_option("LISTENER.PLUGIN", *target, "this one's file before its last swap; unless given, whatever was changed last");
  return [options, target] { return rollback(*options, *target); };
}

}  // namespace radhost
