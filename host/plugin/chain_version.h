// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "plugin/instance.h"

namespace radhost {

class InnerChains;

/// A handler's verdict as the host understands it (radius/verdict.h). Failed: an error, nonsense, or something
/// that this kind of request does not have.
enum class Verdict : uint8_t {
  Accept,
  Reject,
  Challenge,
  Drop,
  Unable,
  Pass,
  Failed,
  TimedOut,  ///< nobody said anything in time
  NoThread,  ///< too many wait for the handler's pool threads
};

/// As traces and reports name it, such as "accept".
std::string_view verdict_word(Verdict verdict);

/// Whether a module's number is a verdict for this kind of request; `reason` says why a failure is one.
struct JudgedVerdict {
  Verdict verdict;
  std::string reason;
};
JudgedVerdict judge_verdict(RequestKind kind, radius_verdict_t number);

/// What a chain said: a verdict, whose it was (null at the chain's end, where the verdict is Pass), and why it failed.
struct ChainOutcome {
  Verdict verdict = Verdict::Pass;
  const Instance* by = nullptr;
  std::string reason;
};

/// A listener's handlers for one kind of request, in order. Immutable but for a gauge; requests and conversations hold
/// the version they began with.
class ChainVersion : public std::enable_shared_from_this<ChainVersion> {
 public:
  /// `inner_chains`: those that its handlers' subrequests run through.
  explicit ChainVersion(RequestKind kind, std::vector<std::shared_ptr<Instance>> handlers,
                        std::shared_ptr<const InnerChains> inner_chains = nullptr)
      : kind_(kind), handlers_(std::move(handlers)), inner_chains_(std::move(inner_chains)) {}

  /// Runs the handlers in order, from the request's next one on, until one gives a verdict. Nothing when it will be
  /// given later: then the request is in other hands, and comes back through its worker's ReadyQueue. Worker number
  /// `worker`'s thread, as are all.
  std::optional<ChainOutcome> run(radius_request& request, size_t worker) const;

  /// Goes on with a request that came back completed, as run does.
  std::optional<ChainOutcome> resume(radius_request& request, size_t worker) const;

  /// Who was asked last, and gave no verdict in time.
  ChainOutcome time_out(const radius_request& request, size_t worker) const;

  enum class Finished : uint8_t {
    All,
    Later,  ///< a pool thread calls it: the request is in other hands, and comes back through the ReadyQueue
    Failed  ///< one has failed, which `failed_finish` names
  };
  /// Calls `handle_finish` on the handlers that were called, last first, with what the request came to. Goes on where
  /// it was left.
  Finished finish(radius_request& request, size_t worker, radius_verdict_t verdict) const;

  /// Takes back a request whose `handle_finish` a pool thread was to call. False when that has failed.
  bool take_finished(radius_request& request, size_t worker) const;

  /// Who failed to hear what the request comes to, and why. It is passed over from now on.
  ChainOutcome failed_finish(radius_request& request) const;

  /// The handler that was called last; nullptr before the first.
  const Instance* last_called(const radius_request& request) const {
    return request.next_handler == 0 ? nullptr : handlers_[request.next_handler - 1].get();
  }

  /// Counts an error of that handler which came to light later.
  void count_failure(const radius_request& request, size_t worker) const {
    handlers_[request.next_handler - 1]->worker_thread(worker).counters.errors.add();
  }

  const std::vector<std::shared_ptr<Instance>>& handlers() const { return handlers_; }
  const InnerChains* inner_chains() const { return inner_chains_.get(); }

  /// How many conversations hold it.
  std::atomic<uint32_t>& conversations() const { return conversations_; }

 private:
  /// A call's verdict: nothing for PASS.
  struct Called {
    enum class Next : uint8_t {
      Pass,
      Later,
      Outcome
    } next;
    ChainOutcome outcome;
  };
  Called call(Instance& instance, radius_request& request, size_t worker) const;
  static bool hand_over(Instance& instance, radius_request& request);
  static Called no_thread(Instance& instance);
  Called take_completion(Instance& instance, radius_request& request) const;
  Called judge(Instance& instance, radius_verdict_t number) const;
  static uint64_t note_end_of_call(Instance& instance, const radius_request& request, size_t worker,
                                   const ChainOutcome& outcome);

  RequestKind kind_;
  std::vector<std::shared_ptr<Instance>> handlers_;
  std::shared_ptr<const InnerChains> inner_chains_;
  mutable std::atomic<uint32_t> conversations_{0};
};

}  // namespace radhost
