// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "base/background.h"
#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/exit_status.h"
#include "cli/temporary_folder.h"
#include "config/loader.h"
#include "server/advice.h"
#include "server/privileges.h"
#include "server/server.h"

namespace radhost {
namespace {

void print_errors(const std::vector<ConfigError>& errors) {
  for (const ConfigError& error : errors) std::cerr << error.to_text() << "\n";
}

/// A syntax error, or a file that cannot be read, leaves nothing more to be said.
bool was_read(const Config& config) {
  return !config.listeners.empty() || !config.clients.empty() || !config.plugins.empty();
}

int fail(const std::string& reason) {
  std::cerr << "radhost serve: " << reason << "\n";
  return exit_status::negative;
}

int fail(const std::vector<ConfigError>& errors) {
  print_errors(errors);
  return exit_status::negative;
}

/// Serves until the end; `instances`: those that are left then.
int serve(std::shared_ptr<Assembly> assembly, Server::Parts parts, std::vector<std::shared_ptr<Instance>>& instances) {
  Server server(std::exchange(assembly, nullptr), std::move(parts));
  std::string reason = server.run();
  if (!reason.empty()) {
    server.stop();
    fail(reason);
  } else {
    std::cout << server.counters_json() << std::endl;
  }
  int status = reason.empty() ? exit_status::done : exit_status::negative;
  if (server.has_abandoned()) exit_at_once(status);
  instances = server.take_instances();
  return status;
}

/// Asks the server that runs with this configuration to hand over.
Result<std::unique_ptr<Takeover>, std::string> begin_takeover(const Config& config) {
  if (config.server.control.empty()) return std::string("without a [server] control socket nobody can be taken over from");
  auto socket = upgrade_server(config.server.control, "/v1/takeover");
  if (!socket.ok()) return socket.error().reason;
  return Takeover::begin(std::move(*socket));
}

int serve(const std::string& path, bool takes_over) {
  std::vector<ConfigError> errors;
  Config config = load_config(path, errors);
  if (!errors.empty()) return fail(errors);
  Log log(config.log.level, config.log.format, config.log.target);
  std::unique_ptr<Takeover> takeover;
  if (takes_over) {
    auto begun = begin_takeover(config);
    if (!begun.ok()) return fail(begun.error());
    takeover = std::move(*begun);
    give_way_from_now_on();  // to the other one
  }
  auto ports = Ports::bind(config, log, takeover.get());
  if (!ports.ok()) return fail(ports.error());
  if (std::string reason = drop_privileges(config.server, log); !reason.empty()) return fail(reason);

  LifecycleThread lifecycle;
  Foundation foundation(config, config.server.state_directory, log, lifecycle);
  Modules modules(foundation);
  auto assembly = std::make_shared<Assembly>(config, modules, errors);
  int status = exit_status::negative;
  if (errors.empty()) {
    std::vector<std::shared_ptr<Instance>> instances;
    auto load = [path](std::vector<ConfigError>& mistakes) { return load_config(path, mistakes); };
    std::vector<std::string> successor{"serve", "-c", path, "--takeover"};
    status = serve(std::move(assembly),
                   {modules, std::move(*ports), load, nullptr, {}, std::move(takeover), std::move(successor)}, instances);
    end_instances(std::move(instances), config, modules);
    if (modules.has_abandoned()) exit_at_once(status);
  } else {
    end_assembly(std::move(assembly), config, modules);
    fail(errors);
  }
  if (lifecycle.has_abandoned()) exit_at_once(status);
  return status;
}

int check(const std::string& path) {
  std::vector<ConfigError> errors;
  Config config = load_config(path, errors);
  if (was_read(config)) {
    // A check may be run by somebody who must not write to the server's state.
    TemporaryFolder state;
    Log log(LogLevel::Error, config.log.format, "stderr");
    LifecycleThread lifecycle;
    Foundation foundation(config, state.path, log, lifecycle);
    Modules modules(foundation);
    end_assembly(std::make_shared<const Assembly>(config, modules, errors), config, modules);
    if (lifecycle.has_abandoned()) {
      // One that hangs at its end is no good either: the log has named it.
      print_errors(errors);
      state.remove();
      exit_at_once(exit_status::negative);
    }
  }
  if (errors.empty()) {
    for (const Advice& advice : advice_on(config))
      std::cerr << advice.position.to_text() << ": warning: " << advice.sort << " \"" << advice.name
                << "\": " << advice.message << "\n";
    std::cout << path << ": ok\n";
    return exit_status::done;
  }
  print_errors(errors);
  return exit_status::negative;
}

int print(const std::string& path, bool defaults) {
  if (defaults) {
    std::cout << print_default_config();
    return exit_status::done;
  }
  if (path.empty()) {
    std::cerr << "radhost config: give -c FILE or --default\n";
    return exit_status::usage;
  }
  std::vector<ConfigError> errors;
  Config config = load_config(path, errors);
  print_errors(errors);
  if (!errors.empty()) return exit_status::negative;
  std::cout << print_config(config);
  return exit_status::done;
}

}  // namespace

Run add_serve(CLI::App& program) {
  auto path = std::make_shared<std::string>();
  auto takeover = std::make_shared<bool>(false);
  CLI::App* command = program.add_subcommand("serve", "serve, in the foreground");
  command->add_option("-c,--config", *path, "the configuration file")->type_name("FILE")->required();
  command->add_flag("--takeover", *takeover, "take over from the server that runs, and lose nothing");
  return [path, takeover] { return serve(*path, *takeover); };
}

Run add_check(CLI::App& program) {
  auto path = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand("check", "load everything without opening a port");
  command->add_option("-c,--config", *path, "the configuration file")->type_name("FILE")->required();
  return [path] { return check(*path); };
}

Run add_config(CLI::App& program) {
  auto path = std::make_shared<std::string>();
  auto defaults = std::make_shared<bool>(false);
  CLI::App* command = program.add_subcommand("config", "print the effective configuration, secrets hidden");
  command->add_option("-c,--config", *path, "the configuration file")->type_name("FILE");
  command->add_flag("--default", *defaults, "print the defaults");
  return [path, defaults] { return print(*path, *defaults); };
}

}  // namespace radhost
