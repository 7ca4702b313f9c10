// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include "base/clock.h"
#include "base/octets.h"
#include "plugin/host_table.h"

namespace radhost {
namespace {

// This host has one clock and one source for all instances.

uint64_t monotonic(radius_instance_t*) { return monotonic_ns(); }
int64_t wall_clock(radius_instance_t*) { return wall_clock_us(); }

radius_status_t random_octets(radius_instance_t* instance, uint8_t* octets, uint64_t length) {
  if (instance == nullptr || (octets == nullptr && length > 0)) return RADIUS_ERR_INVALID;
  try {
    fill_random({octets, static_cast<size_t>(length)});
    return RADIUS_OK;
  } catch (const std::runtime_error&) {
    return RADIUS_ERR_INTERNAL;
  }
}

}  // namespace

const radius_system_v1_t& system_table() {
  static constexpr radius_system_v1_t table{sizeof table, 0, guarded<monotonic>, guarded<wall_clock>,
                                            guarded<random_octets>};
  return table;
}

}  // namespace radhost
