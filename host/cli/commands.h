// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace radhost {

/// A subcommand adds itself and its options to the program, and says what runs when it is chosen. That gives the
/// exit status.
using Run = std::function<int()>;

Run add_serve(CLI::App& program);
Run add_check(CLI::App& program);
Run add_run(CLI::App& program);
Run add_config(CLI::App& program);
Run add_send(CLI::App& program);
Run add_load(CLI::App& program);
Run add_decode(CLI::App& program);
Run add_encode(CLI::App& program);
Run add_dict(CLI::App& program);
Run add_status(CLI::App& program);
Run add_stats(CLI::App& program);
Run add_drain(CLI::App& program);
Run add_reload(CLI::App& program);
Run add_swap(CLI::App& program);
Run add_trace(CLI::App& program);
Run add_rollback(CLI::App& program);
Run add_log(CLI::App& program);
Run add_plugin(CLI::App& program);

}  // namespace radhost
