// SPDX-License-Identifier: Apache-2.0
#include "server/server_controls.h"

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/own_program.h"
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

nlohmann::ordered_json who_json(const Swaps::Who& who) {
  return {{"module", who.module},
          {"id", who.id},
          {"version", who.version},
          {"sha256", who.sha256},
          {"generation", who.generation}};
}

nlohmann::ordered_json done_json(const Swaps::Done& done) {
  nlohmann::ordered_json json{{"listener", done.listener},
                              {"plugin", done.plugin},
                              {"now", who_json(done.now)},
                              {"before", who_json(done.before)}};
  if (!done.late.empty()) json["late"] = done.late;
  return json;
}

nlohmann::ordered_json done_json(const Reloads::Done& done) {
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (const ConfigChange& change : done.changes)
    changes.push_back({{"table", change.table},
                       {"name", change.name},
                       {"change", change_word(change.sort)},
                       {"keys", change.keys},
                       {"text", change.to_text()}});
  nlohmann::ordered_json json{{"changes", changes}};
  if (!done.late.empty()) json["late"] = done.late;
  return json;
}

template <class Done>
Controls::Outcome outcome_of(const Result<Done, Refused>& result) {
  if (result.ok()) return {to_text(done_json(*result)), {}};
  return {{}, result.error().error, result.error().details};
}

}  // namespace

ServerControls::ServerControls(Parts parts)
    : parts_(std::move(parts)), started_us_(wall_clock_us()), started_ns_(monotonic_ns()) {}

std::string ServerControls::status() {
  uint64_t uptime_ms = (monotonic_ns() - started_ns_) / 1000000;
  auto assembly = parts_.serving.assembly();
  return to_text(status_json({*assembly, parts_.workers, parts_.retirement.status(), parts_.reloads.last(), uptime_ms,
                              is_draining_.load(), parts_.predecessor, parts_.successor.pid()}));
}

std::string ServerControls::clients() {
  return to_text(clients_json(*parts_.serving.assembly(), parts_.foundation.sources));
}

std::string ServerControls::stats() {
  auto assembly = parts_.serving.assembly();
  return to_text(statistics_json(*assembly, parts_.retirement.count(assembly->instances()).totals, parts_.workers));
}

void ServerControls::collect(Exposition& metrics) {
  metrics.begin("radhost_info", Exposition::Type::Gauge, "The running program; always 1.");
  metrics.add({{"version", program_version}}, 1);
  metrics.begin("process_start_time_seconds", Exposition::Type::Gauge, "When the server began to serve, as Unix time.");
  metrics.add({}, static_cast<double>(started_us_) / 1e6);
  auto assembly = parts_.serving.assembly();
  collect_metrics(*assembly, parts_.retirement.count(assembly->instances()), parts_.workers, metrics);
}

/// On the main thread, and waits for it.
Controls::Outcome ServerControls::change(std::function<Outcome()> change) {
  auto told = std::make_shared<std::promise<Outcome>>();
  std::future<Outcome> outcome = told->get_future();
  parts_.post([this, told = std::move(told), change = std::move(change)] {
    std::string why = parts_.handover.why_not_change();
    told->set_value(why.empty() ? change() : Outcome{{}, why});
  });
  try {
    return outcome.get();
  } catch (const std::future_error&) {
    return {{}, "the server is ending"};  // the job was dropped
  }
}

Controls::Outcome ServerControls::reload(const ReloadOptions& options) {
  return change([this, options] {
    if (options.upgrade && !options.dry_run && is_program_replaced()) return upgrade();
    return outcome_of(parts_.reloads.reload({options.dry_run, options.keep_swaps, options.tls_recheck}));
  });
}

Controls::Outcome ServerControls::upgrade() {
  if (std::string why = why_not_taken_over(); !why.empty()) return {{}, why};
  auto pid = parts_.successor.start();
  if (!pid.ok()) return {{}, pid.error()};
  return {to_text({{"successor", *pid}}), {}};
}

Controls::Outcome ServerControls::swap(const std::string& target, const std::string& file) {
  return change([this, target, file] {
    auto swapped = parts_.swaps.swap(target, file);
    if (swapped.ok()) parts_.reloads.note_swap();
    return outcome_of(swapped);
  });
}

/// What was changed last, unless `target` says what.
Controls::Outcome ServerControls::rollback(const std::string& target) {
  return change([this, target] {
    if (target.empty() && parts_.reloads.is_last()) return outcome_of(parts_.reloads.rollback());
    auto swapped = parts_.swaps.rollback(target);
    if (swapped.ok()) parts_.reloads.note_swap();
    return outcome_of(swapped);
  });
}

std::shared_ptr<HttpStream> ServerControls::trace(const TraceFilter& filter, std::string& error) {
  auto assembly = parts_.serving.assembly();
  const Config& config = assembly->config();
  bool has_listener = std::any_of(config.listeners.begin(), config.listeners.end(),
                                  [&](const ListenerConfig& listener) { return listener.name == filter.listener; });
  if (!filter.listener.empty() && !has_listener) error = "there is no listener \"" + filter.listener + "\"";
  else if (!filter.client.empty() && config.client(filter.client) == nullptr)
    error = "there is no client \"" + filter.client + "\"";
  if (!error.empty()) return nullptr;
  auto stream = parts_.tracer.follow(filter);
  if (stream == nullptr) error = "there are " + std::to_string(Tracer::followers_max) + " who trace already";
  return stream;
}

std::string ServerControls::why_not_taken_over() {
  if (is_draining_) return "the server is ending";
  if (int pid = parts_.predecessor; pid != 0)
    return "process " + std::to_string(pid) + ", which this server took over from, has requests in hand";
  return parts_.handover.why_not_change();
}

void ServerControls::set_log_level(LogLevel level) {
  // Said at whichever level shows it: the old one, or the new one.
  bool shows_info = parts_.foundation.log.enabled(LogLevel::Info);
  if (shows_info) parts_.foundation.log.info("log level changes", {{"to", level_word(level)}});
  parts_.foundation.log.set_level(level);
  if (!shows_info) parts_.foundation.log.info("log level changed", {{"to", level_word(level)}});
}

void ServerControls::drain() {
  if (is_draining_.exchange(true)) return;
  parts_.foundation.log.info("told to drain");
  parts_.end();
}

}  // namespace radhost
