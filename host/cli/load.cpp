// SPDX-License-Identifier: Apache-2.0
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <iostream>

#include "base/clock.h"
#include "cli/client_kind.h"
#include "cli/commands.h"
#include "cli/dictionary_option.h"
#include "cli/exit_status.h"
#include "cli/load_connections.h"
#include "cli/load_handshakes.h"
#include "cli/load_report.h"
#include "cli/load_run.h"
#include "cli/load_sockets.h"
#include "cli/secret_option.h"
#include "cli/transport_option.h"

namespace radhost {
namespace {

constexpr double ns_per_s = 1e9;
constexpr double default_duration_s = 10;
constexpr size_t sockets_max = 16384;
// RFC 6613 §2.6.5: Identifier 0 is Status-Server's, and Status-Server has no other.
constexpr Outstanding::Range of_status{0, 0};
constexpr Outstanding::Range of_others{1, Outstanding::identifiers - 1};

struct LoadOptions {
  explicit LoadOptions(CLI::App& command);

  DictionaryOption dictionary;
  SecretOption secret;
  TransportOption transport;
  std::vector<std::string> words;
  std::string to = "127.0.0.1";
  bool chap = false, mschapv2 = false, handshakes = false, json = false;
  uint64_t count = 0;     // 0: as many as the time allows
  double duration_s = 0;  // 0: as long as the count takes
  size_t window = 64;
  size_t sockets = 0;      // 0: enough
  size_t sources = 0;      // 0: one, of the system's choice
  size_t connections = 0;  // 0: enough
  std::vector<double> rates;
  uint32_t timeout_ms = 3000;
  uint32_t retries = 0;
  uint64_t users = 0;
  std::optional<uint64_t> seed;
  std::string expect;

  bool is_open_loop() const { return !rates.empty(); }
};

LoadOptions::LoadOptions(CLI::App& command) : dictionary(command), secret(command), transport(command) {
  command.add_option("REQUEST", words,
                     "access (default), accounting, coa, disconnect or status; then attributes, NAME=VALUE");
  command.add_option("--to", to, "HOST[:PORT]; 127.0.0.1 and the kind's port, 2083 for TLS");
  auto* chap_flag = command.add_flag("--chap", chap, "send User-Password as CHAP-Password");
  command.add_flag("--mschapv2", mschapv2, "send User-Password as MS-CHAP2-Response")->excludes(chap_flag);
  command.add_option("--count", count, "how many requests")->check(CLI::Range(uint64_t{1}, UINT64_MAX));
  command.add_option("--duration-s", duration_s, "for how long; of each rate (10, without --count)")
      ->check(CLI::Range(0.001, 1e6));
  auto* window_option = command.add_option("--window", window, "how many are unanswered at once (64)");
  window_option->check(CLI::Range(1, 1000000));
  auto* rate = command.add_option("--rate,--rates", rates, "requests per second, whether answered or not; or several");
  rate->delimiter(',')->check(CLI::Range(0.001, 1e7))->excludes(window_option)->allow_extra_args(false);
  command.add_option("--sockets", sockets, "each has 256 identifiers; over UDP")
      ->check(CLI::Range(size_t{1}, sockets_max));
  command.add_option("--sources", sources, "send from so many addresses, 127.1.0.1 and on; over UDP")
      ->check(CLI::Range(size_t{1}, sockets_max));
  command.add_option("--connections", connections, "open before the load begins, and sharing it; over TCP and TLS")
      ->check(CLI::Range(size_t{1}, sockets_max));
  command.add_flag("--handshakes", handshakes,
                   "over TLS: full handshakes one after the other on each connection, alone");
  command.add_option("--timeout-ms", timeout_ms, "how long each transmission waits; and until there is a connection")
      ->check(CLI::Range(1, 600000));
  command.add_option("--retries", retries, "retransmissions (0), over UDP")->check(CLI::Range(0, 100));
  command.add_option("--users", users, "number requests below this, in User-Name or where a value has %n")
      ->check(CLI::Range(uint64_t{1}, UINT64_MAX));
  command.add_option("--seed", seed, "make the same requests as with this seed before");
  command.add_option("--expect", expect, "the one right answer, such as ACCEPT, REJECT or NAK");
  command.add_flag("--json", json, "print one JSON object");
}

volatile std::sig_atomic_t stop_requested = 0;

/// The first SIGINT or SIGTERM ends the load, a second one the program.
void watch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_requested = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// Room for that many sockets, as far as the system allows.
void raise_file_limit(size_t sockets) {
  constexpr size_t others = 64;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= sockets + others) return;
  limit.rlim_cur = std::min<rlim_t>(sockets + others, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

uint64_t cpu_time_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto us = [](const timeval& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1000000 + static_cast<uint64_t>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

uint64_t system_seed() {
  std::array<uint8_t, 8> octets;
  fill_random(octets);
  return get_uint_be(octets);
}

/// The kind that the words begin with, if one does; the others are attributes.
const ClientKind* take_kind(std::vector<std::string>& words) {
  if (words.empty() || words[0].find('=') != std::string::npos) return find_client_kind("access");
  const ClientKind* kind = find_client_kind(words[0]);
  if (kind != nullptr) words.erase(words.begin());
  return kind;
}

/// Fills the shape's pairs. With --users one of them has a number. Gives the reason when that cannot be.
std::string take_pairs(const std::vector<std::string>& words, LoadShape& shape) {
  for (const std::string& word : words) {
    auto parsed = parse_pairs(word);
    if (!parsed.ok()) return word + ": " + parsed.error();
    for (Pair& pair : *parsed) shape.pairs.push_back(std::move(pair));
  }
  if (shape.users == 0) return {};
  for (const Pair& pair : shape.pairs)
    if (pair.value.find("%n") != std::string::npos) return {};
  for (Pair& pair : shape.pairs) {
    if (!NameEqual{}(pair.name, "User-Name")) continue;
    pair.value += "%n";
    return {};
  }
  return "--users numbers User-Name, or where a value has %n: neither is there";
}

/// What does not go together; empty when all does.
std::string mistake_of(const LoadOptions& options) {
  if (std::string mistake = options.transport.mistake(); !mistake.empty()) return mistake;
  RadiusVersions versions = options.transport.versions();
  // Requests are made beforehand for one of them.
  if (versions.has_1_0 && versions.has_1_1) return "--radius is 1.0 or 1.1 here";
  if (options.handshakes && !options.transport.is_tls()) return "--handshakes needs --tls";
  if (options.handshakes && options.is_open_loop()) return "--handshakes follow one another: they have no --rate";
  bool is_stream = options.transport.is_stream();
  if (!is_stream && options.connections > 0) return "--connections are of TCP and TLS: --tcp or --tls";
  if (is_stream && (options.sockets > 0 || options.sources > 0)) return "--sockets and --sources are for UDP";
  // RFC 6613 §2.6.1
  if (is_stream && options.retries > 0) return "--retries is for UDP: nothing is sent twice over a stream";
  return {};
}

/// Which Identifiers each port has.
Outstanding::Range identifiers_of(const LoadOptions& options, Code code) {
  bool are_all = !options.transport.is_stream() || options.transport.versions().has_1_1;
  if (are_all) return {};
  return code == Code::StatusServer ? of_status : of_others;
}

/// How many ports have Identifiers for all that may be unanswered at once.
size_t ports_for(const LoadOptions& options, const Outstanding::Range& identifiers) {
  constexpr double open_loop_max = 64;
  double unanswered = static_cast<double>(options.window);
  if (options.is_open_loop())
    unanswered = *std::max_element(options.rates.begin(), options.rates.end()) * options.timeout_ms / 1000;
  double needed = std::ceil(unanswered / static_cast<double>(identifiers.size()));
  if (options.is_open_loop()) needed = std::min(needed, open_loop_max);
  return std::max({static_cast<size_t>(needed), options.sources, size_t{1}});
}

LoadPlan plan_for(const LoadOptions& options, size_t ports, const Outstanding::Range& identifiers) {
  LoadPlan plan;
  if (options.count > 0) plan.count = options.count;
  plan.steps = std::max<size_t>(options.rates.size(), 1);
  plan.timeout_ms = options.timeout_ms;
  plan.retries = options.retries;
  plan.identifiers = identifiers;
  bool is_stream = options.transport.is_stream();
  plan.takes_turns = options.sources > 1 || (is_stream && options.is_open_loop());
  // In closed loop each connection has its part of the window, and goes on when it was answered there.
  if (is_stream && !options.is_open_loop()) plan.port_window = (options.window + ports - 1) / ports;
  return plan;
}

/// When nothing more is begun, from now; nothing: when there have been as many as asked for.
std::optional<double> seconds_of(const LoadOptions& options) {
  if (options.duration_s > 0) return options.duration_s;
  bool needs_end = options.count == 0 || options.rates.size() > 1;
  if (needs_end) return default_duration_s;
  if (options.is_open_loop()) return static_cast<double>(options.count) / options.rates[0];
  return std::nullopt;
}

uint64_t step_ns_of(const LoadOptions& options) {
  auto seconds = seconds_of(options);
  return seconds ? static_cast<uint64_t>(std::ceil(*seconds * ns_per_s)) : UINT64_MAX / 4;
}

std::unique_ptr<Pace> make_pace(const LoadOptions& options, uint64_t begin_ns) {
  uint64_t step_ns = step_ns_of(options);
  if (options.is_open_loop()) return std::make_unique<OpenLoop>(options.rates, step_ns, begin_ns);
  return std::make_unique<ClosedLoop>(options.window, begin_ns + step_ns);
}

LoadReport run(const LoadOptions& options, const LoadPlan& plan, LoadPorts& ports, LoadRequests& requests,
               const LoadAnswers& answers) {
  LoadRun run(plan, ports, requests, answers);
  prctl(PR_SET_TIMERSLACK, 1000);  // 50 us by default, which a pace would show
  LoadReport report;
  report.rates = options.rates;
  uint64_t cpu_before_us = cpu_time_us();
  auto pace = make_pace(options, monotonic_ns());
  report.steps = run.run(*pace, stop_requested);
  report.cpu_us = cpu_time_us() - cpu_before_us;
  for (const LoadTally& step : report.steps) report.total.merge(step);
  return report;
}

template <class Report>
int print(const LoadOptions& options, const Report& report) {
  std::cout << (options.json ? report_json(report) : report_text(report));
  return report.exit_status();
}

int shake_hands(const LoadOptions& options, const ServerConnection::Options& server) {
  LoadHandshakes::Options wanted{server};
  wanted.connections = std::max<size_t>(options.connections, 1);
  if (options.count > 0) wanted.count = options.count;
  wanted.end_ns = monotonic_ns() + step_ns_of(options);
  raise_file_limit(wanted.connections);
  LoadHandshakes handshakes(wanted);
  watch_signals();
  uint64_t cpu_before_us = cpu_time_us();
  HandshakeReport report = handshakes.run(stop_requested);
  report.cpu_us = cpu_time_us() - cpu_before_us;
  return print(options, report);
}

int load_over_stream(const LoadOptions& options, const ServerConnection::Options& server, LoadRequests& requests,
                     const LoadAnswers& answers, const Outstanding::Range& identifiers) {
  size_t count = options.connections > 0 ? options.connections : ports_for(options, identifiers);
  raise_file_limit(count);
  LoadConnections connections(server, count);
  watch_signals();
  if (std::string reason = connections.open_all(stop_requested); !reason.empty()) {
    std::cerr << "radhost load: " << reason << "\n";
    return exit_status::no_answer;
  }
  LoadReport report = run(options, plan_for(options, count, identifiers), connections, requests, answers);
  report.connections = count;
  report.reconnects = connections.reopened();
  return print(options, report);
}

int load_over_udp(const LoadOptions& options, const SocketAddress& server, LoadRequests& requests,
                  const LoadAnswers& answers) {
  size_t count = options.sockets > 0 ? options.sockets : ports_for(options, {});
  raise_file_limit(count);
  LoadSockets sockets({server, count, options.sources});
  watch_signals();
  return print(options, run(options, plan_for(options, count, {}), sockets, requests, answers));
}

int load(LoadOptions options) {
  auto usage = [](const std::string& reason) {
    std::cerr << "radhost load: " << reason << "\n";
    return exit_status::usage;
  };
  const ClientKind* kind = take_kind(options.words);
  if (kind == nullptr)
    return usage("\"" + options.words[0] + "\" is none of access, accounting, coa, disconnect, status");
  if (std::string mistake = mistake_of(options); !mistake.empty()) return usage(mistake);
  const TransportOption& transport = options.transport;
  auto server = transport.parse_server(options.to, *kind);
  if (!server) return usage("\"" + options.to + "\" is not an address, such as 127.0.0.1:1812");
  bool is_loopback = server->address.family == IpAddress::Family::V4 && server->address.octets[0] == 127;
  if (options.sources > 0 && !is_loopback) return usage("--sources needs a server in 127.0.0.0/8");
  auto expected = answer_by_word(kind->code, options.expect);
  if (!options.expect.empty() && !expected)
    return usage("\"" + options.expect + "\" answers no " + std::string(code_name(kind->code)));
  auto connection = transport.connection(options.to, *server, options.timeout_ms);
  if (!connection.ok()) return usage(connection.error());
  if (options.handshakes) return shake_hands(options, *connection);

  auto loaded = transport.load_secret(options.secret);
  if (!loaded.ok()) return usage(loaded.error());
  SharedSecret none(Octets{});  // of RADIUS/1.1
  const SharedSecret& secret = *loaded != nullptr ? **loaded : none;
  bool is_1_1 = transport.versions().has_1_1;
  auto dictionary = options.dictionary.load();
  PasswordMethod method = options.chap       ? PasswordMethod::Chap
                          : options.mschapv2 ? PasswordMethod::MsChapV2
                                             : PasswordMethod::Pap;
  LoadShape shape{kind->code, {}, method, options.users, is_1_1};
  if (std::string reason = take_pairs(options.words, shape); !reason.empty()) return usage(reason);
  LoadRequests requests(shape, secret, options.seed ? *options.seed : system_seed());
  if (std::string reason = requests.prepare(*dictionary); !reason.empty()) return usage(reason);
  LoadAnswers answers(kind->code, expected, secret, is_1_1);
  if (!transport.is_stream()) return load_over_udp(options, *server, requests, answers);
  return load_over_stream(options, *connection, requests, answers, identifiers_of(options, kind->code));
}

}  // namespace

Run add_load(CLI::App& program) {
  CLI::App* command = program.add_subcommand("load", "put a server under load, and measure how it answers");
  auto options = std::make_shared<LoadOptions>(*command);
  return [options] { return load(*options); };
}

}  // namespace radhost
