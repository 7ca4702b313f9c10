// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/exit_status.h"
#include "dictionary/list_text.h"
#include "cli/module_option.h"
#include "cli/plugin_commands.h"
#include "cli/temporary_folder.h"
#include "cli/test_request.h"
#include "dictionary/parser.h"
#include "server/rehearsal.h"

namespace radhost {
namespace {

using Json = nlohmann::ordered_json;

/// Beyond the time that handlers have, a little for the rest; and for the end.
constexpr uint32_t patience_beyond_ms = 3000;

struct TestOptions {
  explicit TestOptions(CLI::App& command);

  ModuleOption module;
  std::vector<std::string> requests;
  std::string kind = "access";
  std::string log_level = "info";
  uint32_t timeout_ms = PluginConfig{}.timeout_ms;
  bool json = false;
};

TestOptions::TestOptions(CLI::App& command) : module(command) {
  command.add_option("--request", requests, "attributes, such as 'User-Name = bob, User-Password = x'; may repeat")
      ->allow_extra_args(false)
      ->required();
  command.add_option("--kind", kind, "of the requests: access, accounting, coa or disconnect")
      ->check(CLI::IsMember({"access", "accounting", "coa", "disconnect"}))
      ->capture_default_str();
  std::vector<std::string> levels(log_level_words.begin(), log_level_words.end());
  command.add_option("--log", log_level, "what is logged: debug, info, warn or error")
      ->check(CLI::IsMember(levels))
      ->capture_default_str();
  command.add_option("--timeout-ms", timeout_ms, "how long a handler may take")
      ->check(CLI::Range(1, 600000))
      ->capture_default_str();
  command.add_flag("--json", json, "print one JSON object");
}

/// How a verdict is shown, and what it makes of the exit status.
struct VerdictWord {
  std::string_view text;
  int status;
};

VerdictWord word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Accept: return {"ACCEPT", exit_status::done};
    case Verdict::Pass: return {"PASS", exit_status::done};
    case Verdict::Challenge: return {"CHALLENGE", exit_status::challenge};
    case Verdict::Drop: return {"DROP", exit_status::no_answer};
    case Verdict::Reject: return {"REJECT", exit_status::negative};
    case Verdict::Unable: return {"UNABLE", exit_status::negative};
    case Verdict::TimedOut: return {"TIMED OUT", exit_status::negative};
    case Verdict::Failed:
    case Verdict::NoThread: break;
  }
  return {"FAILED", exit_status::negative};
}

/// One run of the command: the requests in turn, what came of each, and the exit status that the last one makes.
class ModuleTest {
 public:
  ModuleTest(const TestOptions& options, const std::shared_ptr<const Assembly>& assembly, Modules& modules)
      : options_(options),
        assembly_(assembly),
        code_(find_client_kind(options.kind)->code),
        rehearsal_(assembly, modules) {}

  int run();
  bool has_abandoned() const { return is_held_ || rehearsal_.has_abandoned(); }
  const Json& results() const { return results_; }
  const std::string& problem() const { return problem_; }

 private:
  int fail(std::string problem);
  int take(const RequestOutcome& outcome);
  void print(const RequestOutcome& outcome, const std::string& answer) const;
  Json to_json(const RequestOutcome& outcome, const std::string& answer) const;

  const TestOptions& options_;
  std::shared_ptr<const Assembly> assembly_;
  Code code_;
  Rehearsal rehearsal_;
  bool is_held_ = false;
  Json results_ = Json::array();
  std::string problem_;
};

int ModuleTest::fail(std::string problem) {
  problem_ = std::move(problem);
  return exit_status::negative;
}

int ModuleTest::run() {
  // Handlers look names up in the server's dictionary; what the requests add to it need not bother them.
  Dictionary dictionary;
  parse_dictionaries(assembly_->config().server.dictionary, dictionary);
  dictionary.finish();
  std::vector<Pair> state;
  for (const std::string& text : options_.requests)
    if (auto request = make_test_request(dictionary, code_, text); !request.ok())
      return problem_ = "--request '" + text + "': " + request.error(), exit_status::usage;
  if (std::string reason = rehearsal_.start(); !reason.empty()) return fail(reason);
  int status = exit_status::done;
  for (const std::string& text : options_.requests) {
    auto request = make_test_request(dictionary, code_, text, state);
    if (!request.ok()) return fail("--request '" + text + "': " + request.error());
    auto outcome = rehearsal_.ask(*request, options_.timeout_ms + patience_beyond_ms);
    is_held_ = !outcome;
    if (is_held_) return fail("a handler has not returned within " + std::to_string(options_.timeout_ms) + " ms");
    state = state_of_answer(outcome->answer);
    status = take(*outcome);
  }
  rehearsal_.stop();
  return rehearsal_.has_abandoned() ? fail("the module does not come to its end") : status;
}

int ModuleTest::take(const RequestOutcome& outcome) {
  std::string answer;
  if (auto packet = Packet::decode(outcome.answer); packet.ok()) answer = code_name(packet->code());
  if (!options_.json) print(outcome, answer);
  results_.push_back(to_json(outcome, answer));
  return outcome.verdict ? word_of(*outcome.verdict).status : exit_status::negative;
}

void ModuleTest::print(const RequestOutcome& outcome, const std::string& answer) const {
  if (!results_.empty()) std::cout << "\n";
  if (outcome.verdict) std::cout << word_of(*outcome.verdict).text;
  else std::cout << "NOT ASKED: the server itself refuses this request";
  if (!outcome.why.empty()) std::cout << ": " << outcome.why;
  auto print_all = [&](std::string_view title, const AttributeList& list) {
    if (!list.empty()) std::cout << "\n" << title;
    for (const std::string& pair : print_list(*assembly_->dictionary(), list)) std::cout << "\n  " << pair;
  };
  print_all("reply", outcome.reply);
  print_all("control", outcome.control);
  std::cout << "\nanswer " << (answer.empty() ? "none" : answer);
  if (outcome.discard) std::cout << ": " << to_word(*outcome.discard);
  std::cout << std::endl;
}

Json ModuleTest::to_json(const RequestOutcome& outcome, const std::string& answer) const {
  Json result;
  result["verdict"] = outcome.verdict ? Json(verdict_word(*outcome.verdict)) : Json();
  if (!outcome.why.empty()) result["why"] = outcome.why;
  result["reply"] = print_list(*assembly_->dictionary(), outcome.reply);
  result["control"] = print_list(*assembly_->dictionary(), outcome.control);
  result["answer"] = answer.empty() ? Json() : Json(answer);
  if (outcome.discard) result["discard"] = to_word(*outcome.discard);
  return result;
}

/// Says what kept the test from its end, each mistake on a line; with --json, also what came before.
void report(const TestOptions& options, const std::vector<std::string>& problems, const Json& results) {
  for (const std::string& problem : problems) std::cerr << problem << "\n";
  auto replace = Json::error_handler_t::replace;
  if (options.json)
    std::cout << Json{{"requests", results}, {"errors", problems}}.dump(-1, ' ', false, replace) << std::endl;
}

int test(const TestOptions& options) {
  std::vector<ConfigError> errors;
  Config config = module_config(options.module.source(), errors);
  config.plugins[0].timeout_ms = options.timeout_ms;
  config.server.drain_timeout_ms = patience_beyond_ms;
  TemporaryFolder state;
  Log log(*level_by_word(options.log_level), LogFormat::Text, "stderr");
  LifecycleThread lifecycle;
  Foundation foundation(config, state.path, log, lifecycle);
  Modules modules(foundation);
  auto assembly = std::make_shared<const Assembly>(config, modules, errors);
  int status = exit_status::negative;
  bool has_abandoned = false;
  if (errors.empty()) {
    ModuleTest run(options, assembly, modules);
    status = run.run();
    std::vector<std::string> problems;
    if (!run.problem().empty()) problems.push_back("radhost plugin test: " + run.problem());
    report(options, problems, run.results());
    has_abandoned = run.has_abandoned();
    if (has_abandoned) {
      state.remove();
      exit_at_once(status);
    }
  } else {
    std::vector<std::string> problems;
    for (const ConfigError& error : errors) problems.push_back(mistake_text(config, error));
    report(options, problems, Json::array());
  }
  end_assembly(std::move(assembly), config, modules);
  if (lifecycle.has_abandoned()) {
    state.remove();
    exit_at_once(exit_status::negative);
  }
  return status;
}

}  // namespace

Run add_plugin_test(CLI::App& plugin) {
  CLI::App* command = plugin.add_subcommand("test", "run a module's handlers without a network");
  auto options = std::make_shared<TestOptions>(*command);
  return [options] { return test(*options); };
}

}  // namespace radhost
