// SPDX-License-Identifier: Apache-2.0
#include "cli/control_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/table.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// The elements of an array, or one text.
std::string joined(const Json& texts) {
  if (texts.is_string()) return texts;
  std::string line;
  for (const Json& text : texts) line += (line.empty() ? "" : ", ") + text.get<std::string>();
  return line;
}

/// As many as a line holds.
std::string first_few(const Json& texts) {
  constexpr size_t few = 3;
  if (texts.size() <= few) return joined(texts);
  Json first = Json::array();
  for (size_t i = 0; i < few; ++i) first.push_back(texts[i]);
  return joined(first) + " and " + std::to_string(texts.size() - few) + " more";
}

std::string duration(uint64_t ms) {
  uint64_t seconds = ms / 1000;
  if (seconds < 60) return std::to_string(seconds) + " s";
  uint64_t minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min " + std::to_string(seconds % 60) + " s";
  uint64_t hours = minutes / 60;
  if (hours < 24) return std::to_string(hours) + " h " + std::to_string(minutes % 60) + " min";
  return std::to_string(hours / 24) + " d " + std::to_string(hours % 24) + " h";
}

std::string with_one_decimal(double value) {
  std::array<char, 32> text;
  return {text.data(), static_cast<size_t>(std::snprintf(text.data(), text.size(), "%.1f", value))};
}

std::string number(const Json& value) { return std::to_string(value.get<uint64_t>()); }

/// Kinds that have the same chain share a line.
void add_listener(const Json& listener, Table& table) {
  std::vector<std::pair<std::string, std::string>> chains;  // handlers, kinds
  for (const auto& [kind, handlers] : listener.at("chains").items()) {
    std::string names = handlers.empty() ? "-" : joined(handlers);
    auto same = std::find_if(chains.begin(), chains.end(), [&](const auto& chain) { return chain.first == names; });
    if (same == chains.end()) chains.emplace_back(names, kind);
    else same->second += ", " + kind;
  }
  std::vector<std::string> row{listener.at("name"), listener.at("transport"), joined(listener.at("address")),
                               number(listener.at("in_flight"))};
  for (const auto& [handlers, kinds] : chains) {
    std::vector<std::string> cells = row;
    cells.insert(cells.end(), {kinds, handlers});
    table.add(std::move(cells));
    row = {"", "", "", ""};
  }
}

void add_plugins(const Json& listener, Table& table) {
  for (const Json& plugin : listener.at("plugins")) {
    std::string state = plugin.at("state");
    if (!plugin.at("blocked_by").empty()) state += ", blocked by " + joined(plugin.at("blocked_by"));
    if (plugin.at("swapped")) state += ", swapped";
    table.add({listener.at("name").get<std::string>() + "." + plugin.at("name").get<std::string>(), plugin.at("id"),
               plugin.at("version"), plugin.at("sha256").get<std::string>().substr(0, 12),
               number(plugin.at("generation")), number(plugin.at("in_flight")), state});
  }
}

/// The counter of each kind of request that says the same.
uint64_t sum_of(const Json& counters, std::initializer_list<const char*> names) {
  uint64_t sum = 0;
  for (const char* name : names) sum += counters.value(name, uint64_t{0});
  return sum;
}

void add_counted(const std::string& name, const Json& counted, Table& table) {
  std::string shown = name;
  for (const char* kind : {"access", "accounting", "coa", "disconnect", "status"}) {
    if (!counted.contains(kind)) continue;
    const Json& counters = counted[kind];
    bool is_quiet_status = kind == std::string_view("status") && counters.at("requests") == 0;
    if (is_quiet_status) continue;
    auto cell = [&](std::initializer_list<const char*> names) { return std::to_string(sum_of(counters, names)); };
    table.add({shown, kind, cell({"requests"}), cell({"accepts", "responses", "acks", "replies"}),
               cell({"rejects", "naks"}), cell({"challenges"}), cell({"duplicates"}),
               cell({"malformed", "bad_authenticators", "dropped", "no_records", "unknown_types"}), cell({"pending"})});
    shown.clear();
  }
}

/// Calls `visit` with each server of each pool, and the pool's name.
template <class Visitor>
void each_server(const Json& answer, Visitor visit) {
  const Json pools = answer.value("pools", Json::object());
  for (const auto& [name, pool] : pools.items())
    for (const Json& server : pool.at("servers")) visit(name, server);
}

void print_counted(const std::string& heading, const Json& all, std::ostream& out) {
  Table table({heading, "kind", "requests", "positive", "negative", "challenges", "duplicates", "dropped", "pending"});
  for (const auto& [name, counted] : all.items()) add_counted(name, counted, table);
  table.print(out);
}

}  // namespace

void print_status(const Json& answer, std::ostream& out) {
  uint64_t workers = answer.at("workers");
  out << "radhost " << answer.at("version").get<std::string>() << ", process " << number(answer.at("pid")) << ", up "
      << duration(answer.at("uptime_ms")) << ", " << workers << (workers == 1 ? " worker" : " workers")
      << "\nconfiguration of " << answer.at("last_reload").at("at").get<std::string>() << ": "
      << answer.at("last_reload").at("result").get<std::string>() << "\n";
  if (answer.value("program_replaced", false))
    out << "the program's file was replaced; radhost reload --upgrade goes over to it\n";
  out << "\n";
  Table listeners({"listener", "transport", "address", "in flight", "kinds", "handlers"});
  Table plugins({"plugin", "id", "version", "sha256", "generation", "in flight", "state"});
  for (const Json& listener : answer.at("listeners")) {
    add_listener(listener, listeners);
    add_plugins(listener, plugins);
  }
  listeners.print(out);
  if (!plugins.empty()) out << "\n";
  plugins.print(out);
  Table pools({"pool", "server", "state", "outstanding"});
  each_server(answer, [&](const std::string& pool, const Json& server) {
    pools.add({pool, server.at("address"), server.at("state"), number(server.at("outstanding"))});
  });
  if (!pools.empty()) out << "\n";
  pools.print(out);
}

void print_clients(const Json& answer, std::ostream& out) {
  out << "Of each client's sources, how many have sent Message-Authenticator in their Access-Requests:\n\n";
  Table clients({"client", "require", "limit Proxy-State", "always", "sometimes", "never", "addresses"});
  Table lacking({"source", "client", "has sent it"});
  for (const Json& client : answer.at("clients")) {
    std::string name = client.at("name");
    std::map<std::string, size_t> counts;
    for (const Json& source : client.value("sources", Json::array())) {
      std::string sends = source.at("sends_message_authenticator");
      ++counts[sends];
      if (sends != "always") lacking.add({source.at("address"), name, sends});
    }
    auto cell = [&](const char* sends) { return client.contains("sources") ? std::to_string(counts[sends]) : "-"; };
    clients.add({name, client.at("require_message_authenticator"), client.at("limit_proxy_state"), cell("always"),
                 cell("sometimes"), cell("never"), first_few(client.at("address"))});
  }
  clients.print(out);
  if (!lacking.empty()) out << "\n";
  lacking.print(out);
  if (!answer.at("is_complete")) out << "\nThere were more sources than are remembered: others may lack it too.\n";
}

void print_stats(const Json& answer, std::ostream& out) {
  print_counted("listener", answer.at("listeners"), out);
  if (!answer.at("clients").empty()) out << "\n";
  print_counted("client", answer.at("clients"), out);
  Table plugins({"plugin", "calls", "mean µs", "errors", "timeouts", "no thread"});
  const Json all = answer.value("plugins", Json::object());
  for (const auto& [name, plugin] : all.items())
    plugins.add({name, number(plugin.at("calls")), with_one_decimal(plugin.at("mean_us")), number(plugin.at("errors")),
                 number(plugin.at("timeouts")), number(plugin.at("no_thread"))});
  if (!plugins.empty()) out << "\n";
  plugins.print(out);
  Table pools({"pool", "server", "state", "requests", "sent again", "answers", "timeouts", "dropped", "outstanding"});
  each_server(answer, [&](const std::string& pool, const Json& server) {
    uint64_t dropped = 0;
    for (const auto& [reason, count] : server.at("bad_answers").items()) dropped += count.get<uint64_t>();
    pools.add({pool, server.at("address"), server.at("state"), number(server.at("requests")),
               number(server.at("retransmissions")), number(server.at("answers")), number(server.at("timeouts")),
               std::to_string(dropped), number(server.at("outstanding"))});
  });
  if (!pools.empty()) out << "\n";
  pools.print(out);
  if (const Json store = answer.value("store", Json::object());
      store.value("hits", 0) + store.value("misses", 0) != 0) {
    Table kept({"kept", "octets", "hits", "misses", "full", "expired"});
    kept.add({number(store.at("entries")), number(store.at("octets")), number(store.at("hits")),
              number(store.at("misses")), number(store.at("full")), number(store.at("expired"))});
    out << "\n";
    kept.print(out);
  }
  Table discards({"dropped because of", "packets"});
  for (const auto& [reason, count] : answer.at("discards").items())
    if (count != 0) discards.add({reason, number(count)});
  if (!discards.empty()) out << "\n";
  discards.print(out);
}

}  // namespace radhost
