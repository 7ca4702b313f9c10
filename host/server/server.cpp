// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/version.h"
#include "control/control_plane.h"
#include "server/advice.h"
#include "server/server_controls.h"
#include "server/signals.h"
#include "server/statistics.h"

namespace radhost {

Server::Server(const Assembly& assembly, Ports ports, Log& log, RequestWitness* witness)
    : assembly_(assembly),
      ports_(std::move(ports)),
      log_(log),
      source_memory_(assembly, sources_, log),
      workers_(assembly, sources_, log, witness) {}

std::string Server::run() {
  Signals signals({[this] { log_.warn("reload is not built yet; nothing has changed"); }, [this] { reopen(); },
                   [this] { source_memory_.save(); }});
  log_.info("starting", {{"version", program_version}, {"pid", static_cast<uint64_t>(getpid())}});
  for (const Advice& advice : advice_on(assembly_.config())) log_.warn(advice.message, {{advice.sort, advice.name}});
  if (std::string reason = workers_.start(std::move(ports_.by_worker)); !reason.empty()) return reason;
  ServerControls controls(
      {assembly_, ports_.addresses, workers_.counters(), sources_, log_, [&signals] { signals.end(); }});
  ControlPlane control_plane(std::move(ports_.control), controls);
  log_.info("ready");
  signals.wait();
  controls.begin_draining();
  workers_.stop();
  source_memory_.save();
  log_.info("stopped");
  return {};
}

void Server::reopen() {
  log_.reopen();
  workers_.reopen();
  log_.info("log files reopened");
}

std::string Server::counters_json() const { return statistics_json(assembly_, workers_.counters()).dump(); }

}  // namespace radhost
