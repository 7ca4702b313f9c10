// SPDX-License-Identifier: Apache-2.0
#include "server/server_controls.h"

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/version.h"
#include "server/client_status.h"
#include "server/metrics.h"
#include "server/statistics.h"
#include "server/status.h"

namespace radhost {
namespace {

/// In one line. A module's version may hold octets that are no UTF-8.
std::string to_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

ServerControls::ServerControls(Parts parts)
    : parts_(std::move(parts)), started_us_(wall_clock_us()), started_ns_(monotonic_ns()) {}

std::string ServerControls::status() {
  uint64_t uptime_ms = (monotonic_ns() - started_ns_) / 1000000;
  return to_text(
      status_json({parts_.assembly, parts_.addresses, parts_.workers, started_us_, uptime_ms, is_draining_.load()}));
}

std::string ServerControls::clients() { return to_text(clients_json(parts_.assembly, parts_.sources)); }

std::string ServerControls::stats() { return to_text(statistics_json(parts_.assembly, parts_.workers)); }

void ServerControls::collect(Exposition& metrics) {
  metrics.begin("radhost_info", Exposition::Type::Gauge, "The running program; always 1.");
  metrics.add({{"version", program_version}}, 1);
  metrics.begin("process_start_time_seconds", Exposition::Type::Gauge, "When the server began to serve, as Unix time.");
  metrics.add({}, static_cast<double>(started_us_) / 1e6);
  collect_metrics(parts_.assembly, parts_.workers, metrics);
}

void ServerControls::set_log_level(LogLevel level) {
  // Said at whichever level shows it: the old one, or the new one.
  bool shows_info = parts_.log.enabled(LogLevel::Info);
  if (shows_info) parts_.log.info("log level changes", {{"to", level_word(level)}});
  parts_.log.set_level(level);
  if (!shows_info) parts_.log.info("log level changed", {{"to", level_word(level)}});
}

void ServerControls::drain() {
  if (is_draining_.exchange(true)) return;
  parts_.log.info("told to drain");
  parts_.end();
}

}  // namespace radhost
