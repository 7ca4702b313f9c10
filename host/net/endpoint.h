// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "base/address.h"

namespace radhost {

/// Where something listens: UDP and TCP have ports of their own.
struct Endpoint {
  SocketAddress address;
  bool is_stream = false;

  auto operator<=>(const Endpoint&) const = default;
};

inline bool has(const std::vector<Endpoint>& endpoints, const Endpoint& wanted) {
  return std::find(endpoints.begin(), endpoints.end(), wanted) != endpoints.end();
}

}  // namespace radhost
