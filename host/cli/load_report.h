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
  size_t connections = 0;     ///< 0: over UDP
  size_t reconnects = 0;

  double cpu_us_per_request() const;
  /// Of the command: 1 when something was wrong, else 2 when something was lost or never sent, else 0.
  int exit_status() const;
};

/// What came of handshakes without requests. Times are of the monotonic clock.
struct HandshakeReport {
  uint64_t done = 0;
  uint64_t failed = 0;
  std::string why;  ///< the last one failed
  LatencyHistogram latency;
  uint64_t begin_ns = 0;
  uint64_t end_ns = 0;
  uint64_t cpu_us = 0;  ///< as above

  double duration_s() const { return static_cast<double>(end_ns - begin_ns) / 1e9; }
  /// Handshakes per second.
  double rate() const { return end_ns > begin_ns ? static_cast<double>(done) / duration_s() : 0; }
  /// Of the command: 2 when one failed, or there was none; else 0.
  int exit_status() const;
};

/// For people.
std::string report_text(const LoadReport& report);
std::string report_text(const HandshakeReport& report);

/// One JSON object. Where nothing was answered, latencies are null.
std::string report_json(const LoadReport& report);
std::string report_json(const HandshakeReport& report);

}  // namespace radhost
