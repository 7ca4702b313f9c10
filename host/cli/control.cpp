// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/control_command.h"
#include "cli/control_text.h"
#include "cli/exit_status.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

using Print = void (*)(const Json&, std::ostream&);

int show(const ControlOptions& options, const std::string& path, Print print) {
  return ask_control(options, {"GET", path}, [&](const Json& answer) {
    if (!options.json) print(answer, std::cout);
    return exit_status::done;
  });
}

int set_level(const ControlOptions& options, const std::string& level) {
  return ask_control(options, {"POST", "/v1/log", Json{{"level", level}}.dump()}, [&](const Json& answer) {
    if (!options.json) std::cout << "log level " << answer.at("level").get<std::string>() << "\n";
    return exit_status::done;
  });
}

/// Waits for the end of a process that is no child of ours. Gives the reason when that was not to be seen.
std::string wait_for_end(pid_t pid, int timeout_ms) {
  auto process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return errno == ESRCH ? std::string() : std::strerror(errno);
  pollfd end{process, POLLIN, 0};
  int ended = poll(&end, 1, timeout_ms);
  close(process);
  return ended > 0 ? std::string() : "it has not ended within " + std::to_string(timeout_ms) + " ms";
}

int drain(const ControlOptions& options, int timeout_ms) {
  return ask_control(options, {"POST", "/v1/drain"}, [&](const Json& answer) {
    pid_t pid = answer.at("pid");
    std::string process = "process " + std::to_string(pid);
    if (std::string reason = wait_for_end(pid, timeout_ms); !reason.empty())
      return fail_control(options, process + " drains: " + reason, exit_status::negative);
    if (!options.json) std::cout << process << " has ended\n";
    return exit_status::done;
  });
}

}  // namespace

Run add_status(CLI::App& program) {
  CLI::App* command = program.add_subcommand("status", "what the running server serves");
  auto options = std::make_shared<ControlOptions>(*command);
  auto clients = std::make_shared<bool>(false);
  command->add_flag("--clients", *clients, "the clients' sources, and which of them send no Message-Authenticator");
  return [options, clients] {
    return *clients ? show(*options, "/v1/clients", print_clients) : show(*options, "/v1/status", print_status);
  };
}

Run add_stats(CLI::App& program) {
  CLI::App* command = program.add_subcommand("stats", "what the running server counted");
  auto options = std::make_shared<ControlOptions>(*command);
  return [options] { return show(*options, "/v1/stats", print_stats); };
}

Run add_log(CLI::App& program) {
  CLI::App* command = program.add_subcommand("log", "change the running server's log level");
  auto options = std::make_shared<ControlOptions>(*command);
  auto level = std::make_shared<std::string>();
  std::vector<std::string> levels(log_level_words.begin(), log_level_words.end());
  command->add_option("LEVEL", *level, "debug, info, warn or error")->required()->check(CLI::IsMember(levels));
  return [options, level] { return set_level(*options, *level); };
}

Run add_drain(CLI::App& program) {
  CLI::App* command = program.add_subcommand("drain", "let the running server finish what is in flight, and end");
  auto options = std::make_shared<ControlOptions>(*command);
  auto timeout_ms = std::make_shared<int>(60000);
  command->add_option("--timeout-ms", *timeout_ms, "how long to wait for its end")
      ->check(CLI::Range(0, 86400000))
      ->capture_default_str();
  return [options, timeout_ms] { return drain(*options, *timeout_ms); };
}

}  // namespace radhost
