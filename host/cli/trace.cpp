// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/commands.h"
#include "cli/control_command.h"
#include "cli/exit_status.h"
#include "cli/trace_text.h"
#include "packet/code.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

struct Filter {
  std::string user;
  std::string client;
  std::string listener;
  std::string kind;
};

/// RFC 3986 §2.1.
std::string escaped(const std::string& text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr const char* digits = "0123456789ABCDEF";
  std::string result;
  for (char c : text) {
    auto octet = static_cast<uint8_t>(c);
    if (plain.find(c) != std::string_view::npos) result += c;
    else result.append(1, '%').append(1, digits[octet >> 4]).append(1, digits[octet & 15]);
  }
  return result;
}

std::string path_of(const Filter& filter) {
  std::string path = "/v1/trace";
  const std::pair<const char*, const std::string&> parts[] = {
      {"user", filter.user}, {"client", filter.client}, {"listener", filter.listener}, {"kind", filter.kind}};
  for (const auto& [key, value] : parts)
    if (!value.empty())
      path += (path.find('?') == std::string::npos ? "?" : "&") + std::string(key) + "=" + escaped(value);
  return path;
}

int trace(const ControlOptions& options, const Filter& filter) {
  const char* refused = std::getenv("NO_COLOR");
  TraceText text(std::cout, isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == 0));
  auto take = [&](const std::string& line) {
    if (options.json) std::cout << line << std::endl;
    else text.print(Json::parse(line));
  };
  return follow_control(options, {"GET", path_of(filter)}, take);
}

}  // namespace

Run add_trace(CLI::App& program) {
  CLI::App* command = program.add_subcommand("trace", "follow requests live: each packet, verdict and answer");
  auto options = std::make_shared<ControlOptions>(*command);
  auto filter = std::make_shared<Filter>();
  std::vector<std::string> kinds;
  for (size_t kind = 0; kind < request_kind_count; ++kind)
    kinds.emplace_back(kind_word(static_cast<RequestKind>(kind)));
  command->add_option("--user", filter->user, "a User-Name, or a pattern with * and ?");
  command->add_option("--client", filter->client, "a client's name");
  command->add_option("--listener", filter->listener, "a listener's name");
  command->add_option("--kind", filter->kind, "a kind of request")->check(CLI::IsMember(kinds));
  return [options, filter] { return trace(*options, *filter); };
}

}  // namespace radhost
