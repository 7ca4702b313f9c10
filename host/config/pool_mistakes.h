// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace radhost {

/// Says what is wrong with a pool as a whole: what it lacks, numbers that cannot be, servers that are there twice.
void report_pool_mistakes(const ConfigValue& table, const PoolConfig& pool, std::vector<ConfigError>& errors);

}  // namespace radhost
