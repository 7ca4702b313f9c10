// SPDX-License-Identifier: Apache-2.0
#include "plugin/chain_version.h"

#include <algorithm>

#include "base/clock.h"
#include "plugin/explanation.h"

namespace radhost {

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
    request.called_ns = now_ns;
    request.info.deadline_ns = std::min(now_ns + instance.timeout_ns(), request.latest_ns);
    Called called = call(instance, request, worker);
    if (called.next == Called::Next::Later) return std::nullopt;
    now_ns = note_end_of_call(instance, request, worker, called.outcome.verdict);
    if (called.next == Called::Next::Outcome) return std::move(called.outcome);
  }
  return ChainOutcome{};
}

std::optional<ChainOutcome> ChainVersion::resume(radius_request& request, size_t worker) const {
  Instance& instance = *handlers_[request.next_handler - 1];
  Called called = take_completion(instance, request);
  note_end_of_call(instance, request, worker, called.outcome.verdict);
  if (called.next == Called::Next::Outcome) return std::move(called.outcome);
  return run(request, worker);
}

/// Counts a handler's call, which ends now. Gives the time.
uint64_t ChainVersion::note_end_of_call(Instance& instance, const radius_request& request, size_t worker,
                                        Verdict verdict) {
  uint64_t now_ns = monotonic_ns();
  HandlerCounters& counters = instance.worker_thread(worker).counters;
  if (verdict == Verdict::NoThread) counters.no_thread.add();
  else counters.handling.add(now_ns - request.called_ns);
  if (verdict == Verdict::Failed) counters.errors.add();
  if (verdict == Verdict::TimedOut) counters.timeouts.add();
  return now_ns;
}

ChainVersion::Called ChainVersion::call(Instance& instance, radius_request& request, size_t worker) const {
  radius_verdict_t number = instance.handle(request, instance.worker_thread(worker));
  if (number == RADIUS_OFFLOAD) {
    if (!request.state.is_open()) request.state.open();
    request.received.reveal_all();
    if (instance.offload(request)) return {Called::Next::Later, {}};
    request.state.close();
    return {Called::Next::Outcome, {Verdict::NoThread, &instance, "too many requests wait for its pool threads"}};
  }
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
  if (!request.failure.empty()) set_explanation(std::exchange(request.failure, {}));
  return judge(instance, completion.verdict);
}

ChainVersion::Called ChainVersion::judge(Instance& instance, radius_verdict_t number) const {
  if (number == RADIUS_PASS) return {Called::Next::Pass, {}};
  JudgedVerdict judged = judge_verdict(kind_, number);
  return {Called::Next::Outcome, {judged.verdict, &instance, std::move(judged.reason)}};
}

ChainOutcome ChainVersion::time_out(const radius_request& request, size_t worker) const {
  Instance& instance = *handlers_[request.next_handler - 1];
  note_end_of_call(instance, request, worker, Verdict::TimedOut);
  return {Verdict::TimedOut, &instance, "it gave no verdict in time"};
}

void ChainVersion::finish(radius_request& request, size_t worker, radius_verdict_t verdict) const {
  for (size_t i = request.next_handler; i > request.visited_from; --i) {
    Instance& instance = *handlers_[i - 1];
    instance.finish(request, instance.worker_thread(worker), verdict);
  }
}

}  // namespace radhost
