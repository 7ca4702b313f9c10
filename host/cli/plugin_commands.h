// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/commands.h"

namespace radhost {

// The subcommands of `radhost plugin`.

Run add_plugin_new(CLI::App& plugin);
Run add_plugin_check(CLI::App& plugin);
Run add_plugin_test(CLI::App& plugin);

}  // namespace radhost
