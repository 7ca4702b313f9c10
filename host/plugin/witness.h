// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

struct radius_request;

namespace radhost {

class Instance;
struct ChainOutcome;

/// Who looks on while requests go through their chains. Its calls come on the worker's thread, between two steps of
/// the request; nothing is called where nobody looks on.
class Witness {
 public:
  virtual ~Witness() = default;

  /// A handler has said what `outcome` tells (Pass: nothing), `took_ns` after it was asked. An inner request's handlers
  /// say it of that (`info.depth`).
  virtual void handled(const radius_request& request, const Instance& instance, const ChainOutcome& outcome,
                       uint64_t took_ns) = 0;
};

}  // namespace radhost
