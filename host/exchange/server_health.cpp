// SPDX-License-Identifier: Apache-2.0
#include "exchange/server_health.h"

namespace radhost {
namespace {

constexpr uint64_t until_probed = UINT64_MAX;
constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

bool ServerHealth::answered() {
  // Workers share this: as long as all is well, it is only read.
  if (failures_.load(relaxed) != 0) failures_.store(0, relaxed);
  return dead_until_ns_.load(relaxed) != 0 && dead_until_ns_.exchange(0, relaxed) != 0;
}

bool ServerHealth::unanswered(uint64_t now_ns) {
  if (failures_.fetch_add(1, relaxed) + 1 < rules_.dead_after) return false;
  if (rules_.is_probed) {
    probe_answers_.store(0, relaxed);
    return dead_until_ns_.exchange(until_probed, relaxed) == 0;
  }
  return dead_until_ns_.exchange(now_ns + rules_.dead_time_ns, relaxed) == 0;
}

bool ServerHealth::probe_answered() {
  if (probe_answers_.fetch_add(1, relaxed) + 1 < rules_.revive_after) return false;
  probe_answers_.store(0, relaxed);
  return answered();
}

}  // namespace radhost
