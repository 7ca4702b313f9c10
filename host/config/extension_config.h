// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "config/value.h"

namespace radhost {

// What the extensions that modules may ask for (radius/ext/) work with.

/// Handlers for subrequests, in order.
struct ChainConfig {
  Position position;
  std::string name;
  std::vector<std::string> handlers;
};

struct StoreConfig {
  uint32_t max_entries = 262144;
  uint32_t max_octets = 67108864;
  uint32_t max_waiting = 4096;
};

struct MetricsConfig {
  std::optional<SocketAddress> address;
  uint32_t max_per_plugin = 256;
};

}  // namespace radhost
