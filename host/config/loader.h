// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace radhost {

/// Loads a configuration file and what it includes. Every mistake is added to `errors`; the configuration is given
/// all the same, with defaults in place of what is wrong, so that later steps can look for more mistakes in it.
Config load_config(const std::string& path, std::vector<ConfigError>& errors);

/// The same for text; `name` stands for the file and its folder.
Config load_config_text(std::string_view text, const std::string& name, std::vector<ConfigError>& errors);

/// The effective configuration as TOML, defaults included. Secrets are shown as "<hidden>".
std::string print_config(const Config& config);

/// The defaults of every table, as TOML.
std::string print_default_config();

/// The file of a module: as it is when absolute, else found in plugin_path. Empty when there is none.
std::string find_module(const ServerConfig& server, const std::string& module);

}  // namespace radhost
