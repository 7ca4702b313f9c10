// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.h"
#include "config/config.h"

namespace radhost {

/// Logs what a configuration allows and an operator should know to be weak.
void give_advice(const Config& config, Log& log);

}  // namespace radhost
