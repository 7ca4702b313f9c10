// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace radhost {

/// Why a change of what is served is refused. Nothing has changed then.
struct Refused {
  std::string error;
  std::vector<std::string> details;  ///< each of them a reason
};

}  // namespace radhost
