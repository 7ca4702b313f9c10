// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace radhost {

/// What a configuration allows, or its files do, and an operator should know to be weak: not a mistake, and where it stands.
struct Advice {
  Position position;
  std::string_view sort;  ///< "client", "pool", "listener" or "file"
  std::string name;       ///< of that one
  std::string message;
};
std::vector<Advice> advice_on(const Config& config);

}  // namespace radhost
