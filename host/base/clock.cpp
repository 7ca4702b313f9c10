// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <cstdio>
#include <ctime>

namespace radhost {

std::string to_rfc3339(int64_t wall_us) {
  auto seconds = static_cast<std::time_t>(wall_us / 1000000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32], text[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof text, "%s.%06dZ", date, static_cast<int>(wall_us % 1000000));
  return text;
}

}  // namespace radhost
