// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/exit_status.h"
#include "cli/module_option.h"
#include "cli/plain_malloc.h"
#include "cli/plugin_commands.h"
#include "cli/temporary_folder.h"
#include "cli/watched_child.h"
#include "plugin/elf_judgement.h"
#include "plugin/elf_note.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// How long a handler may think about what a check asks it.
constexpr uint32_t handler_timeout_ms = 500;
/// The child names what hangs, where it can; else the parent does, a little later.
constexpr uint32_t parent_patience_beyond_ms = 3000;

struct CheckOptions {
  explicit CheckOptions(CLI::App& command) : module(command) {
    command.add_option("--rounds", rounds, "how often it is loaded, served and unloaded")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    command.add_option("--timeout-ms", timeout_ms, "how long a step may take")
        ->check(CLI::Range(100, 600000))
        ->capture_default_str();
    command.add_flag("--strict", strict, "warnings are mistakes too");
    command.add_flag("--json", json, "print one JSON object");
  }

  ModuleOption module;
  size_t rounds = 100;
  uint32_t timeout_ms = 10000;
  bool strict = false;
  bool json = false;
};

/// What a check finds, in the order in which it looks.
class Findings {
 public:
  enum class Weight : uint8_t {
    Note,
    Warning,
    Error
  };

  void add(Weight weight, std::string text) {
    if (weight == Weight::Warning) ++warnings_;
    if (weight == Weight::Error) ++errors_;
    list_.push_back({weight, std::move(text)});
  }

  std::string verdict() const {
    if (errors_ != 0) return "bad";
    return warnings_ != 0 ? "good, with warnings" : "good";
  }
  int status(bool strict) const {
    return errors_ != 0 || (strict && warnings_ != 0) ? exit_status::negative : exit_status::done;
  }

  void print(const std::string& file) const {
    for (const Finding& finding : list_) std::cout << word(finding.weight) << ": " << finding.text << "\n";
    std::cout << file << ": " << verdict() << std::endl;
  }
  Json to_json() const {
    Json all = Json::array();
    for (const Finding& finding : list_) all.push_back({{"weight", word(finding.weight)}, {"text", finding.text}});
    return all;
  }

 private:
  struct Finding {
    Weight weight;
    std::string text;
  };
  static std::string_view word(Weight weight) {
    constexpr std::string_view words[] = {"note", "warning", "error"};
    return words[static_cast<size_t>(weight)];
  }

  std::vector<Finding> list_;
  size_t warnings_ = 0;
  size_t errors_ = 0;
};

using Weight = Findings::Weight;

constexpr std::string_view entry_symbol = "radius_plugin_v1";

/// What a module shows beside its entry may meet what others show. False when it does not show that.
bool judge_symbols(Octets file, Findings& findings) {
  std::vector<std::string> symbols = exported_symbols(file);
  if (std::erase(symbols, entry_symbol) == 0) {
    findings.add(Weight::Error, "it exports no " + std::string(entry_symbol));
    return false;
  }
  if (!symbols.empty())
    findings.add(Weight::Warning, "it exports more than its entry, such as " + symbols.front() +
                                      " (build it with radius_add_plugin, or -fvisibility=hidden)");
  return true;
}

/// Judges the file without running any of its code. False when it cannot be loaded at all.
bool judge_file(const std::string& path, Findings& findings, bool& is_resident, Json& result) {
  std::ifstream stream(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) {
    findings.add(Weight::Error, std::string("it cannot be read: ") + std::strerror(errno));
    return false;
  }
  auto note = read_module_note(octets_of(content));
  if (!note.ok()) {
    findings.add(Weight::Error, note.error());
    return false;
  }
  std::string abi = std::to_string(note->abi_major) + "." + std::to_string(note->abi_minor);
  std::string least = std::to_string(note->abi_major) + "." + std::to_string(note->least_host_minor);
  findings.add(Weight::Note,
               note->id + " " + note->version + ", made with ABI " + abi + ", for hosts from ABI " + least);
  result["id"] = note->id;
  result["version"] = note->version;
  result["abi"] = abi;
  result["least_host"] = least;
  bool is_loadable = true;
  if (std::string why = refuse_note(*note); !why.empty()) {
    findings.add(Weight::Error, why);
    is_loadable = false;
  }
  for (const ElfFinding& finding : judge_elf(octets_of(content))) {
    bool is_refused = finding.weight == ElfFinding::Weight::Refused;
    bool is_listed = finding.weight == ElfFinding::Weight::Listed;
    is_resident = is_resident || finding.weight == ElfFinding::Weight::Resident;
    is_loadable = is_loadable && !is_refused;
    findings.add(is_refused ? Weight::Error : is_listed ? Weight::Note : Weight::Warning, finding.text);
  }
  return judge_symbols(octets_of(content), findings) && is_loadable;
}

/// What a log's entry says, without what differs from one time to the next.
std::string text_of(const Json& entry) {
  constexpr std::array<std::string_view, 9> left_out{"time",    "level",        "message", "plugin", "listener",
                                                     "request", "more_like_it", "worker",  "ms"};
  std::string text = entry.value("message", "");
  for (const auto& [key, value] : entry.items()) {
    if (std::find(left_out.begin(), left_out.end(), key) != left_out.end()) continue;
    text += (key == "why" ? ": " : " " + key + "=") + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

/// What the host and the module logged as warnings and errors, each once. What the module left behind, and what the
/// host itself calls an error, is one.
void judge_log(const std::string& path, size_t rounds, Findings& findings) {
  struct Line {
    std::string text;
    bool is_error;
    size_t times;
  };
  std::vector<Line> lines;
  std::ifstream stream(path);
  for (std::string read; std::getline(stream, read);) {
    Json entry = Json::parse(read, nullptr, false);
    if (entry.is_discarded()) continue;
    bool is_of_module = entry.contains("plugin");
    bool is_host_error = !is_of_module && entry.value("level", "") == "error";
    // What is said of how its file is built is known already.
    if ((!is_of_module && !is_host_error) || entry.contains("module")) continue;
    std::string text = text_of(entry);
    auto known = std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.text == text; });
    if (known == lines.end()) {
      bool is_left = text.find(" were left ") != std::string::npos || text.find(" abandoned") != std::string::npos;
      known = lines.insert(known, {text, is_left || is_host_error, 0});
    }
    ++known->times;
  }
  for (const Line& line : lines) {
    std::string often = rounds > 1 ? " (" + std::to_string(line.times) + " times)" : "";
    findings.add(line.is_error ? Weight::Error : Weight::Warning, "logged: " + line.text + often);
  }
}

Json to_json(const RoundsResult& result) {
  return {{"done", result.done},
          {"problems", result.problems},
          {"is_refused", result.is_refused},
          {"stays_mapped", result.stays_mapped},
          {"leaks", result.leaks}};
}

void judge_rounds(const ChildEnd& end, const Rounds& rounds, bool is_resident, Findings& findings, Json& result) {
  Json said = Json::parse(end.said, nullptr, false);
  if (!end.sudden.empty() || said.is_discarded()) {
    findings.add(Weight::Error, "it " + end.sudden);
    judge_log(rounds.log, rounds.count, findings);
    return;
  }
  result["rounds"] = said.at("done");
  auto done = said.at("done").get<size_t>();
  if (done == rounds.count)
    findings.add(Weight::Note, "it was loaded, served and unloaded " + std::to_string(done) + " times");
  for (const Json& problem : said.at("problems")) findings.add(Weight::Error, problem.get<std::string>());
  if (said.at("is_refused") == true)
    findings.add(Weight::Note, "if it is configuration that is missing, give --set key=value");
  if (said.at("stays_mapped") == true && !is_resident)
    findings.add(Weight::Error,
                 "it stays in memory when it is unloaded (does a thread of the host's keep something of "
                 "it, such as a thread_local with a destructor?)");
  for (const Json& leak : said.at("leaks")) findings.add(Weight::Error, leak.get<std::string>());
  judge_log(rounds.log, done, findings);
}

void check_rounds(const CheckOptions& options, const ModuleSource& source, bool is_resident, Findings& findings,
                  Json& result) {
  std::vector<ConfigError> errors;
  TemporaryFolder folder;
  Rounds rounds{module_config(source, errors), folder.path, folder.path + "/log", options.rounds, options.timeout_ms};
  for (const ConfigError& error : errors) findings.add(Weight::Error, mistake_text(rounds.config, error));
  if (!errors.empty()) return;
  rounds.config.plugins[0].timeout_ms = handler_timeout_ms;
  rounds.config.plugins[0].start_timeout_ms = options.timeout_ms;
  rounds.config.server.drain_timeout_ms = options.timeout_ms;
  ChildEnd end = run_watched([&](RoundsProgress& progress) { return to_json(do_rounds(rounds, progress)).dump(); },
                             options.timeout_ms + parent_patience_beyond_ms);
  judge_rounds(end, rounds, is_resident, findings, result);
}

int check(const CheckOptions& options) {
  use_plain_malloc();
  ModuleSource source = options.module.source();
  Findings findings;
  Json result;
  result["file"] = source.file;
  bool is_resident = false;
  if (judge_file(source.file, findings, is_resident, result))
    check_rounds(options, source, is_resident, findings, result);
  result["findings"] = findings.to_json();
  result["verdict"] = findings.verdict();
  if (options.json) std::cout << result.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  else findings.print(source.file);
  return findings.status(options.strict);
}

}  // namespace

Run add_plugin_check(CLI::App& plugin) {
  CLI::App* command = plugin.add_subcommand("check", "everything that can be judged of a module without a server");
  auto options = std::make_shared<CheckOptions>(*command);
  return [options] { return check(*options); };
}

}  // namespace radhost
