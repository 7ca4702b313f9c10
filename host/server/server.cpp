// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/version.h"
#include "control/control_plane.h"
#include "server/advice.h"
#include "server/file_watch.h"
#include "server/main_loop.h"
#include "server/server_controls.h"
#include "server/statistics.h"

namespace radhost {
namespace {

constexpr uint64_t usual_tick_ms = 5000;
/// While instances are to end.
constexpr uint64_t busy_tick_ms = 10;
/// How often who traces is told that nothing was lost.
constexpr uint64_t trace_tick_ms = 2000;

}  // namespace

Server::Server(const std::shared_ptr<Assembly>& assembly, Parts parts)
    : modules_(parts.modules),
      log_(modules_.foundation().log),
      control_ports_(std::move(parts.ports.control)),
      ports_(std::move(parts.ports.listeners.by_worker)),
      source_memory_(*assembly, modules_.foundation()),
      tracer_(modules_.foundation()),
      watched_(std::move(parts.watched)),
      workers_(assembly, modules_, parts.witness),
      retirement_(modules_, workers_),
      swaps_(modules_, workers_, retirement_),
      reloads_(std::move(parts.load), modules_, workers_, retirement_, swaps_) {
  assembly->open_at(std::move(parts.ports.listeners.open));
}

std::string Server::run() {
  if (std::string reason = serve(); !reason.empty()) return reason;
  stop();
  source_memory_.save();
  log_.info("stopped");
  return {};
}

std::string Server::serve() {
  MainLoop loop({[this] { reload(); }, [this] { reopen(); }, [this] { return tick(); }});
  log_.info("starting", {{"version", program_version}, {"pid", static_cast<uint64_t>(getpid())}});
  for (const Advice& advice : advice_on(workers_.assembly()->config()))
    log_.warn(advice.message, {{advice.sort, advice.name}});
  if (std::string reason = workers_.start(std::move(ports_)); !reason.empty()) return reason;
  ServerControls controls({workers_, workers_.counters(), modules_.foundation(), swaps_, reloads_, retirement_, tracer_,
                           [&loop](std::function<void()> job) { loop.post(std::move(job)); }, [&loop] { loop.end(); }});
  ControlPlane control_plane(std::move(control_ports_), controls);
  std::optional<FileWatch> watch;
  if (!watched_.path.empty()) watch.emplace(loop.loop(), watched_.path, watched_.known, [this] { reload(); });
  if (watch && !watch->why_not().empty())
    log_.warn("a file is not watched, and its changes are not seen",
              {{"file", watched_.path}, {"why", watch->why_not()}});
  log_.info("ready");
  loop.wait();
  controls.begin_draining();
  workers_.stop();
  return {};
}

/// Looks after those that are to end, soon again while there are any.
uint64_t Server::tick() {
  bool is_busy = retirement_.look();
  uint64_t now = monotonic_ns();
  if (now >= saved_ns_ + usual_tick_ms * 1000000) {
    saved_ns_ = now;
    source_memory_.save();
  }
  bool is_traced = modules_.foundation().tracer.load(std::memory_order_relaxed) != nullptr;
  if (is_traced && now >= traced_ns_ + trace_tick_ms * 1000000) {
    traced_ns_ = now;
    is_traced = tracer_.look();
  }
  return is_busy ? busy_tick_ms : is_traced ? trace_tick_ms : usual_tick_ms;
}

void Server::stop() {
  workers_.stop();
  std::vector<std::shared_ptr<Instance>> retired = retirement_.stop();
  retired_.insert(retired_.end(), retired.begin(), retired.end());
}

std::vector<std::shared_ptr<Instance>> Server::take_instances() {
  std::vector<std::shared_ptr<Instance>> all = workers_.assembly()->instances();
  all.insert(all.end(), retired_.begin(), retired_.end());
  retired_.clear();
  return all;
}

void Server::reopen() {
  log_.reopen();
  workers_.reopen();
  log_.info("log files reopened");
}

std::string Server::counters_json() const {
  auto served = workers_.assembly();
  return statistics_json(*served, retirement_.count(served->instances()).totals, workers_.counters()).dump();
}

}  // namespace radhost
