// SPDX-License-Identifier: Apache-2.0
#include "cli/module_config.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "config/loader.h"
#include "config/settings.h"

namespace radhost {
namespace {

namespace fs = std::filesystem;

/// The file's name without its end; what no name may hold becomes "_".
std::string plugin_name(const fs::path& file) {
  std::string name = file.stem().string();
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return c > 0x7f || (std::isalnum(c) == 0 && c != '_' && c != '-'); }, '_');
  return name.empty() ? "module" : name;
}

PluginConfig plugin_of(const ModuleSource& source, std::vector<ConfigError>& errors) {
  PluginConfig plugin;
  plugin.position = {std::make_shared<const std::string>(source.file)};
  plugin.name = plugin_name(source.file);
  // A path, even where the file is in this very folder: it is never looked for in plugin_path.
  plugin.module = fs::absolute(source.file).string();
  plugin.base_directory = fs::current_path().string();
  plugin.config = read_settings(source.settings, errors);
  return plugin;
}

ClientConfig loopback_client() {
  ClientConfig client;
  client.name = "test";
  client.address = {*Prefix::parse("127.0.0.0/8"), *Prefix::parse("::1")};
  client.secret = SecretText(std::string(module_secret));
  // Nothing that an author sends is in the way of the module.
  client.require_message_authenticator = RequireMessageAuthenticator::False;
  client.limit_proxy_state = LimitProxyState::False;
  return client;
}

ListenerConfig listener_for(const PluginConfig& plugin) {
  ListenerConfig listener;
  listener.name = "test";
  for (size_t kind = 0; kind < request_kind_count; ++kind) {
    listener.accepts.push_back(static_cast<RequestKind>(kind));
    listener.handlers[kind] = {plugin.name};
  }
  listener.reject_delay_ms = 0;
  return listener;
}

}  // namespace

Config module_config(const ModuleSource& source, std::vector<ConfigError>& errors) {
  Config config = source.config.empty() ? Config() : load_config(source.config, errors);
  config.clients.clear();
  config.listeners.clear();
  config.server.workers = 1;
  config.server.dictionary = source.dictionaries;
  PluginConfig plugin = plugin_of(source, errors);
  if (config.plugin(plugin.name) != nullptr)
    errors.push_back({config.plugin(plugin.name)->position, "the module itself is the plugin \"" + plugin.name + "\""});
  config.plugins.insert(config.plugins.begin(), std::move(plugin));
  if (find_module(config.server, config.plugins[0].module).empty())
    errors.push_back({config.plugins[0].position, "there is no such file"});
  config.clients.push_back(loopback_client());
  config.listeners.push_back(listener_for(config.plugins[0]));
  return config;
}

std::string mistake_text(const Config& config, const ConfigError& error) {
  return error.message.starts_with(config.plugins[0].module) ? error.message : error.to_text();
}

}  // namespace radhost
