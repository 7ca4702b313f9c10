// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/background.h"
#include "base/clock.h"
#include "base/version.h"
#include "control/control_plane.h"
#include "server/advice.h"
#include "server/counted.h"
#include "server/file_watch.h"
#include "server/main_loop.h"
#include "server/pulse.h"
#include "server/server_controls.h"
#include "server/statistics.h"

namespace radhost {
namespace {

constexpr uint64_t usual_tick_ms = 5000;
/// While instances are to end.
constexpr uint64_t busy_tick_ms = 10;
/// How often who traces is told that nothing was lost.
constexpr uint64_t trace_tick_ms = 2000;

ServiceManager service_manager(const Takeover* takeover) {
  auto own = ServiceManager::of_environment();
  return takeover == nullptr ? own : own.or_else(takeover->offer().service_manager);
}

}  // namespace

Server::Server(const std::shared_ptr<Assembly>& assembly, Parts parts)
    : modules_(parts.modules),
      log_(modules_.foundation().log),
      control_ports_(std::move(parts.ports.control)),
      ports_(std::move(parts.ports.listeners.by_worker)),
      source_memory_(*assembly, modules_.foundation()),
      tracer_(modules_.foundation()),
      watched_(std::move(parts.watched)),
      successor_arguments_(std::move(parts.successor)),
      takeover_(std::move(parts.takeover)),
      service_manager_(service_manager(takeover_.get())),
      workers_(assembly, modules_, parts.witness),
      retirement_(modules_, workers_),
      swaps_(modules_, workers_, retirement_),
      reloads_(std::move(parts.load), modules_, workers_, retirement_, swaps_) {
  assembly->open_at(std::move(parts.ports.listeners.open));
}

std::string Server::run() {
  if (std::string reason = serve(); !reason.empty()) return reason;
  stop();
  if (!is_handed_over_) source_memory_.save();
  log_.info("stopped");
  return {};
}

std::string Server::serve() {
  std::optional<ControlPlane> control_plane;
  std::optional<Handover> handover;
  MainLoop loop({[&] { reload(*handover); }, [this] { reopen(); }, [this] { return tick(); }});
  handover.emplace(handover_parts(loop, control_plane));
  log_.info("starting", {{"version", program_version}, {"pid", static_cast<uint64_t>(getpid())}});
  for (const Advice& advice : advice_on(workers_.assembly()->config()))
    log_.warn(advice.message, {{advice.sort, advice.name}});
  if (std::string reason = workers_.start(std::move(ports_)); !reason.empty()) return reason;
  std::vector<Inheritance> inheritances;
  if (takeover_ != nullptr)
    if (std::string reason = takeover_->take(*workers_.assembly(), inheritances); !reason.empty()) return reason;
  if (std::string reason = workers_.serve(std::move(inheritances)); !reason.empty()) return reason;
  if (takeover_ != nullptr) {
    if (std::string reason = takeover_->confirm(); !reason.empty()) return reason;
    static_cast<void>(workers_.on_each_in_the_end([](Worker& worker) { worker.resume_receiving(); }));
    follow_predecessor(loop);
  }
  Successor successor(loop.loop(), successor_arguments_, log_);
  ServerControls controls({workers_, workers_.counters(), modules_.foundation(), swaps_, reloads_, retirement_, tracer_,
                           *handover, successor, predecessor_, [&loop](std::function<void()> job) { loop.post(std::move(job)); },
                           [&loop] { loop.end(); }});
  control_plane.emplace(std::move(control_ports_), controls);
  std::optional<FileWatch> watch;
  if (!watched_.path.empty()) watch.emplace(loop.loop(), watched_.path, watched_.known, [&] { reload(*handover); });
  if (watch && !watch->why_not().empty())
    log_.warn("a file is not watched, and its changes are not seen",
              {{"file", watched_.path}, {"why", watch->why_not()}});
  modules_.tidy();
  log_.info("ready");
  service_manager_.tell("READY=1");
  std::optional<Pulse> pulse;
  if (service_manager_.watchdog) pulse.emplace(workers_, service_manager_);
  give_way_from_now_on();
  loop.wait();
  pulse.reset();
  takeover_.reset();
  handover->give_up();
  is_handed_over_ = handover->is_done();
  if (!is_handed_over_) service_manager_.tell("STOPPING=1");
  controls.begin_draining();
  handover->finish();
  workers_.stop();
  control_plane.reset();  // before the controls
  return {};
}

Handover::Parts Server::handover_parts(MainLoop& loop, std::optional<ControlPlane>& control_plane) {
  const std::optional<SocketAddress>& metrics = workers_.assembly()->config().metrics.address;
  return {workers_,
          modules_.foundation(),
          [&loop](std::function<void()> job) { loop.post(std::move(job)); },
          [&control_plane](bool control, bool metrics_too) { return control_plane->leave(control, metrics_too); },
          [this] { source_memory_.save(); },
          [&loop] { loop.end(); },
          metrics ? metrics->to_text() : std::string(),
          service_manager_};
}

/// It receives nothing any more, but has requests in hand.
void Server::follow_predecessor(MainLoop& loop) {
  std::string why = takeover_->take_control(control_ports_, workers_.assembly()->config().server.control);
  if (!why.empty()) log_.error("the control socket or the metrics endpoint is not taken over", {{"why", why}});
  predecessor_ = takeover_->offer().pid;
  log_.info("taken over", {{"from", static_cast<uint64_t>(takeover_->offer().pid)}, {"version", takeover_->offer().program}});
  takeover_->follow([this, &loop](std::vector<RecordsByAddress> records) {
    loop.post([this, records = std::move(records)] { forget_predecessor(records); });
  });
}

void Server::forget_predecessor(const std::vector<RecordsByAddress>& records) {
  auto shared = std::make_shared<const std::vector<RecordsByAddress>>(records);
  static_cast<void>(workers_.on_each_in_the_end(
      [shared](Worker& worker) { worker.forget_predecessor((*shared)[worker.number()]); }));
  modules_.foundation().conversations.forget_elsewhere();
  log_.info("the server that was taken over from is gone",
            {{"pid", static_cast<uint64_t>(predecessor_.exchange(0))}});
  takeover_.reset();
}

/// It logs what comes of it.
void Server::reload(const Handover& handover) {
  std::string why = handover.why_not_change();
  if (why.empty()) static_cast<void>(reloads_.reload({}));
  else log_.error("not reloaded", {{"why", why}});
}

/// Looks after those that are to end, soon again while there are any.
uint64_t Server::tick() {
  bool is_busy = retirement_.look();
  uint64_t now = monotonic_ns();
  if (now >= saved_ns_ + usual_tick_ms * 1000000) {
    saved_ns_ = now;
    source_memory_.save();
    uint64_t open = 0, opened = 0;
    for (const CountedConnections& counted : count_connections(*workers_.assembly(), workers_.counters())) {
      open += counted.open;
      opened += counted.opened;
    }
    memory_trim_.look(open, opened - open);
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
