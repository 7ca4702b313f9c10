// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/address.h"

namespace radhost {

/// Where something listens: UDP and TCP have ports of their own.
struct Endpoint {
  SocketAddress address;
  bool is_stream = false;

  auto operator<=>(const Endpoint&) const = default;
};

}  // namespace radhost
