// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "exchange/link.h"
#include "packet/code.h"
#include "packet/discard.h"
#include "plugin/chain_version.h"

namespace radhost {

/// Error-Cause values that the host itself gives or counts (RFC 5176 §3.5).
namespace error_cause {
inline constexpr uint32_t session_removed = 201;
inline constexpr uint32_t unsupported_attribute = 401;
inline constexpr uint32_t missing_attribute = 402;
inline constexpr uint32_t invalid_request = 404;
inline constexpr uint32_t unsupported_service = 405;
inline constexpr uint32_t unsupported_extension = 406;
inline constexpr uint32_t request_not_routable = 502;
inline constexpr uint32_t session_context_not_found = 503;
inline constexpr uint32_t session_not_removable = 504;
inline constexpr uint32_t other_proxy_error = 505;
inline constexpr uint32_t resources_unavailable = 506;
inline constexpr uint32_t request_initiated = 507;
}  // namespace error_cause

/// What a chain's outcome means on the wire: a Code, with an Error-Cause where the reply has none of its own, or
/// no answer for a reason. `verdict` is what `handle_finish` is told.
struct Answer {
  std::optional<Code> code;  ///< nothing: no answer
  Discard discard = Discard::Unanswered;
  uint32_t error_cause = 0;
  radius_verdict_t verdict = RADIUS_REJECT;
};
Answer decide_answer(RequestKind kind, const ChainOutcome& outcome, const Link& link);

}  // namespace radhost
