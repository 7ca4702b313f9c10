// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/module_option.h"
#include "cli/request_printer.h"
#include "cli/temporary_folder.h"
#include "config/loader.h"
#include "server/server.h"

namespace radhost {
namespace {

/// The ports of RFC 2865 §3, RFC 2866 §3 and RFC 5176 §2.1; --port-base moves all of them.
struct ServedKind {
  const char* listener;
  uint16_t port;
  std::vector<RequestKind> accepts;
};
const std::array<ServedKind, 3> served{{{"access", 1812, {RequestKind::Access}},
                                        {"accounting", 1813, {RequestKind::Accounting}},
                                        {"dynauth", 3799, {RequestKind::Coa, RequestKind::Disconnect}}}};
constexpr uint16_t first_port = 1812;
constexpr uint16_t highest_base = 65535 - (3799 - first_port);

struct Options {
  uint16_t port_base = first_port;
  std::string log_level{level_word(LogLevel::Info)};
};

/// The listener on one port, made of the one for everything. With a base of 0 the system chooses the port.
ListenerConfig listener_for(const ServedKind& kind, const ListenerConfig& everything, uint16_t port_base) {
  ListenerConfig listener = everything;
  listener.name = kind.listener;
  auto port = static_cast<uint16_t>(port_base == 0 ? 0 : port_base + (kind.port - first_port));
  listener.address = {*SocketAddress::parse("127.0.0.1:" + std::to_string(port))};
  listener.accepts = kind.accepts;
  for (size_t number = 0; number < request_kind_count; ++number) {
    auto is_it = [&](RequestKind accepted) { return static_cast<size_t>(accepted) == number; };
    if (std::none_of(kind.accepts.begin(), kind.accepts.end(), is_it)) listener.handlers[number].clear();
  }
  return listener;
}

/// What is served is the module's own; nothing of the system's is touched.
Config run_config(const ModuleSource& source, const Options& options, const TemporaryFolder& folder,
                  std::vector<ConfigError>& errors) {
  Config config = module_config(source, errors);
  ListenerConfig everything = std::exchange(config.listeners, {}).front();
  for (const ServedKind& kind : served) config.listeners.push_back(listener_for(kind, everything, options.port_base));
  config.server.control = folder.path + "/control.sock";
  config.server.state_directory = folder.path;
  config.server.user.clear();
  config.metrics.address.reset();
  return config;
}

bool has_colours() {
  const char* refused = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == 0);
}

int fail(const std::string& reason) {
  std::cerr << "radhost run: " << reason << "\n";
  return exit_status::negative;
}

int fail(const std::vector<ConfigError>& errors) {
  for (const ConfigError& error : errors) std::cerr << error.to_text() << "\n";
  return exit_status::negative;
}

/// What to type next.
void print_invitation(const Config& config, const Ports& ports) {
  std::cout << "serving " << config.plugins.front().module << ", secret " << module_secret << "\n";
  for (size_t i = 0; i < config.listeners.size(); ++i)
    std::cout << "  " << config.listeners[i].name << " on " << ports.listeners.open[i].bound.to_text() << "\n";
  std::cout << "try: radhost send access User-Name=bob User-Password=hello --secret " << module_secret << " --to "
            << ports.listeners.open.front().bound.to_text() << "\n"
            << "control socket: " << config.server.control << "\n\n"
            << std::flush;
}

int serve(const Config& config, Ports ports, Log& log, LifecycleThread& lifecycle, const TemporaryFolder& folder,
          const Reloads::Load& load) {
  std::vector<ConfigError> errors;
  Foundation foundation(config, config.server.state_directory, log, lifecycle);
  Modules modules(foundation);
  std::string module = find_module(config.server, config.plugins.front().module);
  Server::Watched watched{module, FileState::of(module)};  // before it is loaded
  auto assembly = std::make_shared<Assembly>(config, modules, errors);
  if (!errors.empty()) {
    end_assembly(std::move(assembly), config, modules);
    return fail(errors);
  }
  RequestPrinter printer(std::cout, has_colours());
  print_invitation(config, ports);
  auto server = std::make_unique<Server>(std::exchange(assembly, nullptr),
                                         Server::Parts{modules, std::move(ports), load, &printer, watched});
  std::string reason = server->run();
  server->stop();
  int status = reason.empty() ? exit_status::done : fail(reason);
  if (server->has_abandoned()) {
    folder.remove();
    exit_at_once(status);
  }
  std::vector<std::shared_ptr<Instance>> instances = server->take_instances();
  server.reset();
  end_instances(std::move(instances), config, modules);
  if (modules.has_abandoned()) {
    folder.remove();
    exit_at_once(status);
  }
  return status;
}

int run(const ModuleSource& source, const Options& options) {
  TemporaryFolder folder;
  std::vector<ConfigError> errors;
  Config config = run_config(source, options, folder, errors);
  if (!errors.empty()) return fail(errors);
  Log log(*level_by_word(options.log_level), LogFormat::Text, "stderr");
  auto ports = Ports::bind(config, log);
  if (!ports.ok()) return fail(ports.error());
  LifecycleThread lifecycle;
  auto load = [&](std::vector<ConfigError>& mistakes) { return run_config(source, options, folder, mistakes); };
  int status = serve(config, std::move(*ports), log, lifecycle, folder, load);
  if (lifecycle.has_abandoned()) {
    folder.remove();
    exit_at_once(status);
  }
  return status;
}

}  // namespace

Run add_run(CLI::App& program) {
  CLI::App* command = program.add_subcommand("run", "serve one module for development, and print what it does");
  ModuleOption module(*command);
  auto options = std::make_shared<Options>();
  command->add_option("--port-base", options->port_base, "the port for access; the others follow; 0: any that are free")
      ->check(CLI::Range(uint16_t{0}, highest_base))
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "of the log on stderr")
      ->check(CLI::IsMember(std::vector<std::string>(log_level_words.begin(), log_level_words.end())))
      ->capture_default_str();
  return [module, options] { return run(module.source(), *options); };
}

}  // namespace radhost
