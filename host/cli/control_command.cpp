// SPDX-License-Identifier: Apache-2.0
#include "cli/control_command.h"

#include <iostream>

#include "cli/exit_status.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// The server's own words for why it refuses.
int refused(const ControlOptions& options, const Json& answer) {
  std::string reason = answer.value("error", "the server refuses");
  for (const Json& detail : answer.value("details", Json::array())) reason += "\n  " + detail.get<std::string>();
  return fail_control(options, reason, exit_status::negative);
}

}  // namespace

ControlOptions::ControlOptions(CLI::App& command) : name(command.get_name()) {
  command.add_option("--control", socket, "the server's control socket")
      ->type_name("FILE")
      ->envname("RADHOST_CONTROL")
      ->capture_default_str();
  command.add_flag("--json", json, "print JSON");
}

int fail_control(const ControlOptions& options, const std::string& reason, int status) {
  std::cerr << "radhost " << options.name << ": " << reason << "\n";
  return status;
}

int follow_control(const ControlOptions& options, const ControlQuestion& question,
                   const std::function<void(const std::string&)>& take) {
  try {
    auto answer = follow_server(options.socket, question, take);
    if (!answer.ok()) {
      int status = answer.error().has_server ? exit_status::no_answer : exit_status::no_server;
      return fail_control(options, answer.error().reason, status);
    }
    return answer->status >= 400 ? refused(options, Json::parse(answer->body)) : exit_status::done;
  } catch (const Json::exception& error) {
    return fail_control(options, "the server's answer makes no sense: " + std::string(error.what()),
                        exit_status::no_answer);
  }
}

int ask_control(const ControlOptions& options, const ControlQuestion& question,
                const std::function<int(const Json&)>& show) {
  auto answer = ask_server(options.socket, question);
  if (!answer.ok()) {
    int status = answer.error().has_server ? exit_status::no_answer : exit_status::no_server;
    return fail_control(options, answer.error().reason, status);
  }
  try {
    Json json = Json::parse(answer->body);
    if (answer->status >= 400) return refused(options, json);
    if (options.json) std::cout << json.dump() << "\n";
    return show(json);
  } catch (const Json::exception& error) {
    return fail_control(options, "the server's answer makes no sense: " + std::string(error.what()),
                        exit_status::no_answer);
  }
}

}  // namespace radhost
