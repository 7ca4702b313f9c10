// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.h"

namespace radhost {

/// What a configuration allows and an operator should know to be weak: not a mistake, and where it stands.
struct Advice {
  Position position;
  std::string_view sort;  ///< "client", "pool" or "listener"
  std::string_view name;  ///< of that one; of the configuration
  std::string_view message;
};
std::vector<Advice> advice_on(const Config& config);

}  // namespace radhost
