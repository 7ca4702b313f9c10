// SPDX-License-Identifier: Apache-2.0
#include "plugin/chain_version.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "plugin/explanation.h"
#include "plugin/witness.h"

namespace radhost {

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::Accept: return "accept";
    case Verdict::Reject: return "reject";
    case Verdict::Challenge: return "challenge";
    case Verdict::Drop: return "drop";
    case Verdict::Unable: return "unable";
    case Verdict::Pass: return "pass";
    case Verdict::TimedOut: return "timed_out";
    case Verdict::NoThread: return "no_thread";
    case Verdict::Failed: break;
  }
  return "failed";
}

JudgedVerdict judge_verdict(RequestKind kind, radius_verdict_t number) {
  switch (number) {
    case RADIUS_ACCEPT: return {Verdict::Accept, {}};
    case RADIUS_REJECT: return {Verdict::Reject, {}};
    case RADIUS_DROP: return {Verdict::Drop, {}};
    case RADIUS_UNABLE: return {Verdict::Unable, {}};
    case RADIUS_PASS: return {Verdict::Pass, {}};
    case RADIUS_CHALLENGE:
      if (kind == RequestKind::Access) return {Verdict::Challenge, {}};
      return {Verdict::Failed, "only an Access-Request can be challenged"};
    default:
      if (number < 0) return {Verdict::Failed, take_explanation(number)};
      return {Verdict::Failed, std::to_string(number) + " is not a verdict"};
  }
}

std::optional<ChainOutcome> ChainVersion::run(radius_request& request, size_t worker) const {
  uint64_t now_ns = monotonic_ns();
  while (request.next_handler < handlers_.size()) {
    Instance& instance = *handlers_[request.next_handler++];
    request.asked = &instance;
    request.called_ns = now_ns;
    request.info.deadline_ns = std::min(now_ns + instance.timeout_ns(), request.latest_ns);
    // What is the request's may be in other hands when the call has ended.
    const char* listener = request.info.listener.data;
    uint64_t begun_ns = now_ns;
    Called called = call(instance, request, worker);
    if (called.next == Called::Next::Later) {
      if (!instance.is_pooled())
        instance.note_held(instance.worker_thread(worker), listener, monotonic_ns() - begun_ns);
      return std::nullopt;
    }
    now_ns = note_end_of_call(instance, request, worker, called.outcome);
    instance.note_held(instance.worker_thread(worker), listener, now_ns - begun_ns);
    if (called.next == Called::Next::Outcome) return std::move(called.outcome);
  }
  return ChainOutcome{};
}

std::optional<ChainOutcome> ChainVersion::resume(radius_request& request, size_t worker) const {
  Instance& instance = *request.asked;
  Called called = take_completion(instance, request);
  note_end_of_call(instance, request, worker, called.outcome);
  if (called.next == Called::Next::Outcome) return std::move(called.outcome);
  return run(request, worker);
}

/// Counts a handler's call, which ends now. Gives the time.
uint64_t ChainVersion::note_end_of_call(Instance& instance, const radius_request& request, size_t worker,
                                        const ChainOutcome& outcome) {
  uint64_t now_ns = monotonic_ns();
  Verdict verdict = outcome.verdict;
  HandlerCounters& counters = instance.worker_thread(worker).counters;
  if (verdict == Verdict::NoThread) counters.no_thread.add();
  else counters.handling.add(now_ns - request.called_ns);
  if (verdict == Verdict::Failed) counters.errors.add();
  if (verdict == Verdict::TimedOut) counters.timeouts.add();
  if (request.witness != nullptr) request.witness->handled(request, instance, outcome, now_ns - request.called_ns);
  return now_ns;
}

/// Puts a request into the hands of a pool thread. False when too many wait already.
bool ChainVersion::hand_over(Instance& instance, radius_request& request) {
  if (!request.state.is_open()) request.state.open();
  request.received.reveal_all();
  if (instance.offload(request)) return true;
  request.state.close();
  return false;
}

ChainVersion::Called ChainVersion::no_thread(Instance& instance) {
  return {Called::Next::Outcome, {Verdict::NoThread, &instance, "too many requests wait for its pool threads"}};
}

ChainVersion::Called ChainVersion::call(Instance& instance, radius_request& request, size_t worker) const {
  if (instance.is_pooled()) {
    if (!instance.handles(kind_)) return {Called::Next::Pass, {}};
    return hand_over(instance, request) ? Called{Called::Next::Later, {}} : no_thread(instance);
  }
  radius_thread& thread = instance.worker_thread(worker);
  uint64_t outer_ns = thread.call.begin(request.called_ns, request.info.listener.data);
  radius_verdict_t number = instance.handle(request, thread);
  thread.call.end(outer_ns);
  if (number == RADIUS_OFFLOAD)
    return hand_over(instance, request) ? Called{Called::Next::Later, {}} : no_thread(instance);
  if (!request.state.is_open()) {
    if (number != RADIUS_PENDING) return judge(instance, number);
    return {Called::Next::Outcome, {Verdict::Failed, &instance, "it returned RADIUS_PENDING without a token"}};
  }
  if (number < 0) request.failure = take_explanation(number);
  if (request.state.end_call(number) != RequestState::Turn::Worker) return {Called::Next::Later, {}};
  return take_completion(instance, request);
}

/// The verdict of a request that is the worker's again.
ChainVersion::Called ChainVersion::take_completion(Instance& instance, radius_request& request) const {
  RequestState::Completion completion = request.state.completion();
  request.state.close();
  request.proxied = completion.proxied;
  bool has_open_group = request.reply.has_open_group() || request.control.has_open_group();
  if (has_open_group) {
    request.reply.abandon_groups();
    request.control.abandon_groups();
    return {Called::Next::Outcome, {Verdict::Failed, &instance, "it left a group of attributes open"}};
  }
  clear_explanation();
  for (std::string* why : {&request.said, &request.failure})
    if (!why->empty()) set_explanation(std::exchange(*why, {}));
  return judge(instance, completion.verdict);
}

ChainVersion::Called ChainVersion::judge(Instance& instance, radius_verdict_t number) const {
  if (number == RADIUS_PASS) return {Called::Next::Pass, {}};
  JudgedVerdict judged = judge_verdict(kind_, number);
  return {Called::Next::Outcome, {judged.verdict, &instance, std::move(judged.reason)}};
}

ChainOutcome ChainVersion::time_out(const radius_request& request, size_t worker) const {
  Instance& instance = *request.asked;
  ChainOutcome outcome{Verdict::TimedOut, &instance, "it gave no verdict in time"};
  if (request.is_finishing) instance.worker_thread(worker).counters.timeouts.add();
  else note_end_of_call(instance, request, worker, outcome);
  return outcome;
}

ChainVersion::Finished ChainVersion::finish(radius_request& request, size_t worker, radius_verdict_t verdict) const {
  if (!std::exchange(request.is_finishing, true)) {
    request.to_finish = request.next_handler;
    request.failure.clear();  // of a call that was late
  }
  for (; request.to_finish > request.visited_from; --request.to_finish) {
    Instance& instance = *handlers_[request.to_finish - 1];
    if (!instance.finishes()) continue;
    radius_thread& thread = instance.worker_thread(worker);
    if (!instance.is_pooled()) {
      uint64_t begun_ns = monotonic_ns();
      const char* listener = request.info.listener.data;
      uint64_t outer_ns = thread.call.begin(begun_ns, listener);
      radius_status_t status = instance.finish(request, thread, verdict);
      thread.call.end(outer_ns);
      instance.note_held(thread, listener, monotonic_ns() - begun_ns);
      if (status >= 0) continue;
      thread.counters.errors.add();
      request.failure = take_explanation(status);
      return Finished::Failed;
    }
    request.asked = &instance;
    request.finish_verdict = verdict;
    request.info.deadline_ns = std::min(monotonic_ns() + instance.timeout_ns(), request.latest_ns);
    if (hand_over(instance, request)) return Finished::Later;
    thread.counters.no_thread.add();
    return Finished::Failed;
  }
  return Finished::All;
}

bool ChainVersion::take_finished(radius_request& request, size_t worker) const {
  request.state.close();
  if (request.failure.empty()) return true;
  request.asked->worker_thread(worker).counters.errors.add();
  return false;
}

ChainOutcome ChainVersion::failed_finish(radius_request& request) const {
  Instance& instance = *handlers_[--request.to_finish];
  if (request.failure.empty()) return no_thread(instance).outcome;
  return {Verdict::Failed, &instance, "handle_finish: " + std::exchange(request.failure, {})};
}

}  // namespace radhost
