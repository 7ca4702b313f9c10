// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/load_tally.h"

namespace radhost {

/// What a load showed.
struct LoadReport {
  LoadTally total;
  std::vector<LoadTally> steps;
  std::vector<double> rates;  ///< asked for, of each step; empty in closed loop
  uint64_t cpu_us = 0;        ///< user and system time that making the load took

  double cpu_us_per_request() const;
  /// Of the command: 1 when something was wrong, else 2 when something was lost or never sent, else 0.
  int exit_status() const;
};

/// For people.
std::string report_text(const LoadReport& report);

/// One JSON object. Where nothing was answered, latencies are null.
std::string report_json(const LoadReport& report);

}  // namespace radhost
