// SPDX-License-Identifier: Apache-2.0
/// What a handler says of a request.
#ifndef RADIUS_CPP_VERDICT_HPP
#define RADIUS_CPP_VERDICT_HPP

#include <radius/verdict.h>

namespace radius {

enum class Verdict : radius_verdict_t {
  Accept = RADIUS_ACCEPT,
  Reject = RADIUS_REJECT,
  Challenge = RADIUS_CHALLENGE,
  Drop = RADIUS_DROP,
  Unable = RADIUS_UNABLE,
  Pass = RADIUS_PASS,
  Pending = RADIUS_PENDING,
  Offload = RADIUS_OFFLOAD
};

}  // namespace radius

#endif
