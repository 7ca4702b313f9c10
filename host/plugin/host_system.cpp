// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "base/clock.h"
#include "base/octets.h"
#include "plugin/host_table.h"

namespace radhost {
namespace {

radius_status_t random_octets(uint8_t* octets, uint64_t length) {
  if (octets == nullptr && length > 0) return RADIUS_ERR_INVALID;
  try {
    fill_random({octets, static_cast<size_t>(length)});
    return RADIUS_OK;
  } catch (const std::runtime_error&) {
    return RADIUS_ERR_INTERNAL;
  }
}

}  // namespace

const radius_system_v1_t& system_table() {
  static constexpr radius_system_v1_t table{sizeof table, 0, guarded<monotonic_ns>, guarded<wall_clock_us>,
                                            guarded<random_octets>};
  return table;
}

}  // namespace radhost
