// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace radhost {

/// What the commands that take a module's file know of it.
struct ModuleSource {
  std::string file;
  std::vector<std::string> settings;      ///< "key=value" each, for the module's own table
  std::vector<std::string> dictionaries;  ///< files
  std::string config;                     ///< a configuration's file, for what stands beside the module; may be empty
};

/// The secret of the one client.
inline constexpr std::string_view module_secret = "testing123";

/// A configuration around one module, as if somebody had written it: [plugin.NAME], NAME made of the file's, with the
/// settings as its table; one listener, "test", that accepts every kind and has the module alone in its chains, and no
/// address; and one client, "test", for the loopback addresses. One worker; rejects are not delayed. Beside it, behind
/// the module's own, the plugins, chains and pools of the source's configuration. Mistakes are added to `errors`.
Config module_config(const ModuleSource& source, std::vector<ConfigError>& errors);

/// A mistake as these commands tell it: one that names the module's file itself needs no place before it.
std::string mistake_text(const Config& config, const ConfigError& error);

}  // namespace radhost
