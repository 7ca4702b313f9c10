// SPDX-License-Identifier: Apache-2.0
#include "cli/module_rounds.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "cli/module_config.h"
#include "cli/plain_malloc.h"
#include "cli/process_state.h"
#include "cli/test_request.h"
#include "dictionary/parser.h"
#include "server/rehearsal.h"

namespace radhost {
namespace {

using Step = RoundsProgress::Step;

constexpr std::array<std::string_view, 13> step_words{"loading it",    "create",
                                                      "start",         "thread_start",
                                                      "handle_access", "handle_accounting",
                                                      "handle_coa",    "handle_disconnect",
                                                      "thread_stop",   "stop",
                                                      "destroy",       "unloading it",
                                                      "nothing"};

/// How long a handler may take that has let a request's time pass before.
constexpr uint32_t shortened_timeout_ms = 50;

/// Requests of each kind, of various sorts: what matters is that handlers run.
constexpr std::string_view session =
    "User-Name = bob, NAS-IP-Address = 192.0.2.1, NAS-Port = 1, Acct-Session-Id = a1, Calling-Station-Id = 02-00-5E-10";
struct Sample {
  RequestKind kind;
  Code code;
  Step step;
  std::string_view text;
};
constexpr std::array<Sample, 10> samples{{
    {RequestKind::Access, Code::AccessRequest, Step::HandleAccess,
     "User-Name = bob, User-Password = password, NAS-Port = 1, Service-Type = Framed-User, Framed-MTU = 1400"},
    {RequestKind::Access, Code::AccessRequest, Step::HandleAccess,
     "User-Name = alice, CHAP-Password = 0x0100112233445566778899aabbccddeeff, Vendor-99999-Attr-1 = 0x01"},
    {RequestKind::Access, Code::AccessRequest, Step::HandleAccess, "User-Name = bob, EAP-Message = 0x0201000801626f62"},
    {RequestKind::Access, Code::AccessRequest, Step::HandleAccess,
     "Calling-Station-Id = 02-00-5E-10, Proxy-State = 0x01"},
    {RequestKind::Accounting, Code::AccountingRequest, Step::HandleAccounting,
     "User-Name = bob, Acct-Status-Type = Start"},
    {RequestKind::Accounting, Code::AccountingRequest, Step::HandleAccounting,
     "User-Name = bob, Acct-Status-Type = Stop, Acct-Session-Time = 1"},
    {RequestKind::Accounting, Code::AccountingRequest, Step::HandleAccounting, "Acct-Status-Type = Accounting-On"},
    {RequestKind::Coa, Code::CoaRequest, Step::HandleCoa, session},
    {RequestKind::Disconnect, Code::DisconnectRequest, Step::HandleDisconnect, session},
    {RequestKind::Disconnect, Code::DisconnectRequest, Step::HandleDisconnect, "User-Name = alice"},
}};

Step step_of(LifecycleThread::Step step) {
  switch (step) {
    case LifecycleThread::Step::Load: return Step::Load;
    case LifecycleThread::Step::Create: return Step::Create;
    case LifecycleThread::Step::Start: return Step::Start;
    case LifecycleThread::Step::Stop: return Step::Stop;
    case LifecycleThread::Step::Destroy: return Step::Destroy;
    case LifecycleThread::Step::Unload: return Step::Unload;
    case LifecycleThread::Step::Reopen: break;
  }
  return Step::Between;
}

/// The rounds, and what lives as long as a server does.
class Runner {
 public:
  Runner(const Rounds& rounds, RoundsProgress& progress)
      : rounds_(rounds),
        config_(rounds.config),
        progress_(progress),
        log_(LogLevel::Warn, LogFormat::Json, rounds.log) {
    parse_dictionaries(rounds.config.server.dictionary, dictionary_);
    dictionary_.finish();
    lifecycle_.run({{}, LifecycleThread::Step::Create, rounds.step_timeout_ms}, [] {});  // its thread belongs to us
    lifecycle_.tell_steps([this](std::optional<LifecycleThread::Step> step) {
      // What follows a start is the threads'.
      bool has_started = !step && progress_.step == Step::Start;
      progress_.enter(step ? step_of(*step) : has_started ? Step::ThreadStart : Step::Between);
    });
  }

  RoundsResult run();

 private:
  bool do_one(const Config& config);
  bool serve(const std::shared_ptr<const Assembly>& assembly, Modules& modules);
  bool ask(Rehearsal& rehearsal, const Sample& sample);
  ProcessState settled(const ProcessState& like) const;
  bool fail(std::string problem) {
    result_.problems.push_back(std::move(problem));
    return false;
  }

  const Rounds& rounds_;
  Config config_;
  bool has_timed_out_ = false;
  RoundsProgress& progress_;
  Log log_;
  Dictionary dictionary_;
  LifecycleThread lifecycle_;
  RoundsResult result_;
};

RoundsResult Runner::run() {
  // What the host itself leaves behind, it leaves in a round without a module.
  Config empty = rounds_.config;
  empty.plugins.clear();
  empty.chains.clear();
  for (std::vector<std::string>& handlers : empty.listeners[0].handlers) handlers.clear();
  if (!do_one(empty)) return std::move(result_);

  ProcessStates states{};
  size_t warm_ups = std::min<size_t>(rounds_.count / 5 + 1, 20);
  size_t half_way = warm_ups + (rounds_.count - std::min(rounds_.count, warm_ups)) / 2;
  states.before = ProcessState::now();
  while (result_.done < rounds_.count) {
    progress_.round = static_cast<uint32_t>(result_.done + 1);
    if (!do_one(config_)) return std::move(result_);
    ++result_.done;
    // Who leaves requests to their end need not do so for long each time.
    if (has_timed_out_) config_.plugins[0].timeout_ms = shortened_timeout_ms;
    if (result_.done == warm_ups) states.warm = settled(states.before);
    // Each before the next state, which takes memory too.
    if (result_.done == warm_ups) states.memory.warm = allocated_octets();
    if (result_.done == half_way) states.memory.half_way = allocated_octets();
  }
  states.memory.after = allocated_octets();
  states.after = settled(states.before);
  states.rounds = rounds_.count - warm_ups;
  result_.leaks = name_leaks(states);
  std::string copies = rounds_.state_directory + "/modules/";
  for (const auto& [path, count] : states.after.mappings) result_.stays_mapped |= path.starts_with(copies);
  return std::move(result_);
}

/// False when there can be no other.
bool Runner::do_one(const Config& config) {
  std::vector<ConfigError> errors;
  // Where a handler does not return, what it uses stays.
  auto foundation = std::make_unique<Foundation>(config, rounds_.state_directory, log_, lifecycle_);
  auto modules = std::make_unique<Modules>(*foundation);
  auto assembly = std::make_shared<const Assembly>(config, *modules, errors);
  for (const ConfigError& error : errors) {
    fail(mistake_text(rounds_.config, error));
    // Where it was loaded, `create` has refused.
    bool is_of_file = error.message.starts_with(rounds_.config.plugins[0].module);
    result_.is_refused = !is_of_file && !lifecycle_.has_abandoned();
  }
  bool goes_on = errors.empty() && serve(assembly, *modules);
  if (result_.has_abandoned) {
    static_cast<void>(new std::shared_ptr<const Assembly>(std::move(assembly)));
    static_cast<void>(modules.release());
    static_cast<void>(foundation.release());
  } else {
    end_assembly(std::move(assembly), config, *modules);
  }
  progress_.enter(Step::Between);
  if (lifecycle_.has_abandoned()) result_.has_abandoned = true;
  return goes_on && !result_.has_abandoned;
}

bool Runner::serve(const std::shared_ptr<const Assembly>& assembly, Modules& modules) {
  auto rehearsal = std::make_unique<Rehearsal>(assembly, modules);
  std::string reason = rehearsal->start();
  bool goes_on = reason.empty() || fail(reason);
  for (const Sample& sample : samples) {
    bool is_handled = std::any_of(assembly->instances().begin(), assembly->instances().end(),
                                  [&](const auto& instance) { return instance->handles(sample.kind); });
    if (goes_on && is_handled && !ask(*rehearsal, sample)) {
      static_cast<void>(rehearsal.release());
      result_.has_abandoned = true;
      return false;
    }
  }
  progress_.enter(Step::ThreadStop);
  rehearsal->stop();
  if (rehearsal->has_abandoned()) {
    static_cast<void>(rehearsal.release());
    result_.has_abandoned = true;
    return false;  // the log names it
  }
  return goes_on;
}

/// And the next round of a conversation, where one begins.
bool Runner::ask(Rehearsal& rehearsal, const Sample& sample) {
  std::vector<Pair> state;
  for (int round = 0; round < 2; ++round) {
    auto request = make_test_request(dictionary_, sample.code, std::string(sample.text), state);
    if (!request.ok()) return fail(request.error());
    progress_.enter(sample.step);
    auto outcome = rehearsal.ask(*request, rounds_.config.plugins[0].timeout_ms + rounds_.step_timeout_ms);
    if (!outcome)
      return fail(progress_.step_word() + " has not returned within " + std::to_string(rounds_.step_timeout_ms) +
                  " ms");
    has_timed_out_ = has_timed_out_ || outcome->verdict == Verdict::TimedOut;
    state = state_of_answer(outcome->answer);
    if (state.empty()) break;
  }
  return true;
}

/// A thread that has been joined is still seen for a moment.
ProcessState Runner::settled(const ProcessState& like) const {
  ProcessState state = ProcessState::now();
  for (int i = 0; i < 20 && state.threads > like.threads; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    state = ProcessState::now();
  }
  return state;
}

}  // namespace

std::string RoundsProgress::step_word() const { return std::string(step_words[static_cast<size_t>(step.load())]); }

RoundsResult do_rounds(const Rounds& rounds, RoundsProgress& progress) {
  // One heap for all threads: what lies in which of several would be left to chance.
  mallopt(M_ARENA_MAX, 1);
  // Where something was abandoned, it stays.
  auto runner = std::make_unique<Runner>(rounds, progress);
  RoundsResult result = runner->run();
  if (result.has_abandoned) static_cast<void>(runner.release());
  return result;
}

}  // namespace radhost
