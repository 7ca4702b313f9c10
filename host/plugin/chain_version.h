// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "plugin/instance.h"

namespace radhost {

/// A handler's verdict as the host understands it (radius/verdict.h). Failed: an error, nonsense, or something
/// that this kind of request does not have.
enum class Verdict : uint8_t {
  Accept,
  Reject,
  Challenge,
  Drop,
  Unable,
  Pass,
  Failed
};

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
  size_t visited = 0;  ///< handlers that were called
};

/// A listener's handlers for one kind of request, in order. Immutable; requests hold the version they began with.
class ChainVersion {
 public:
  explicit ChainVersion(RequestKind kind, std::vector<std::shared_ptr<Instance>> handlers)
      : kind_(kind), handlers_(std::move(handlers)) {}

  /// Runs the handlers in order until one gives a verdict. Worker number `worker`'s thread.
  ChainOutcome run(radius_request& request, size_t worker) const;

  /// Calls `handle_finish` on the handlers that run() visited, last first, with what the request came to.
  void finish(radius_request& request, size_t worker, const ChainOutcome& outcome, radius_verdict_t verdict) const;

  const std::vector<std::shared_ptr<Instance>>& handlers() const { return handlers_; }

 private:
  RequestKind kind_;
  std::vector<std::shared_ptr<Instance>> handlers_;
};

}  // namespace radhost
