// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/control_client.h"
#include "config/config.h"

namespace radhost {

/// What all control commands take.
struct ControlOptions {
  explicit ControlOptions(CLI::App& command);

  std::string name;
  std::string socket = ServerConfig{}.control;
  bool json = false;
};

/// Says on stderr why the command fails, and gives `status`.
int fail_control(const ControlOptions& options, const std::string& reason, int status);

/// Asks, and prints the answer: as it is with --json, else as `show` does. Gives the exit status: what `show` gives, or
/// that there is no server, no answer, or a refusal, which is printed as the server words it.
int ask_control(const ControlOptions& options, const ControlQuestion& question,
                const std::function<int(const nlohmann::ordered_json&)>& show);

/// Asks for what goes on, and gives each line to `take` until the server ends. Gives the exit status.
int follow_control(const ControlOptions& options, const ControlQuestion& question,
                   const std::function<void(const std::string&)>& take);

}  // namespace radhost
