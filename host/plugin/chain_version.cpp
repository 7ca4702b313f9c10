// SPDX-License-Identifier: Apache-2.0
#include "plugin/chain_version.h"

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
    case RADIUS_PENDING: return {Verdict::Failed, "RADIUS_PENDING: answering later is not built yet"};
    case RADIUS_OFFLOAD: return {Verdict::Failed, "RADIUS_OFFLOAD: pool threads are not built yet"};
    default:
      if (number < 0) return {Verdict::Failed, take_explanation(number)};
      return {Verdict::Failed, std::to_string(number) + " is not a verdict"};
  }
}

ChainOutcome ChainVersion::run(radius_request& request, size_t worker) const {
  for (size_t i = 0; i < handlers_.size(); ++i) {
    radius_verdict_t number = handlers_[i]->handle(kind_, request, worker);
    if (number == RADIUS_PASS) continue;
    JudgedVerdict judged = judge_verdict(kind_, number);
    return {judged.verdict, handlers_[i].get(), std::move(judged.reason), i + 1};
  }
  return {Verdict::Pass, nullptr, {}, handlers_.size()};
}

void ChainVersion::finish(radius_request& request, size_t worker, const ChainOutcome& outcome,
                          radius_verdict_t verdict) const {
  for (size_t i = outcome.visited; i > 0; --i) handlers_[i - 1]->finish(request, worker, verdict);
}

}  // namespace radhost
