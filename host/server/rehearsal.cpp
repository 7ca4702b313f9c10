// SPDX-License-Identifier: Apache-2.0
#include "server/rehearsal.h"

namespace radhost {

std::string Rehearsal::start() {
  std::vector<WorkerPorts> ports(1);
  std::string reason = workers_.start(std::move(ports));
  return reason.empty() ? workers_.serve() : reason;
}

std::optional<RequestOutcome> Rehearsal::ask(Octets datagram, uint32_t patience_ms) {
  auto told = std::make_shared<std::promise<RequestOutcome>>();
  auto outcome = told->get_future();
  std::vector<uint8_t> octets(datagram.begin(), datagram.end());
  workers_.first().run_on_thread([this, told, octets = std::move(octets)](Worker& worker) {
    if (exchange_ == nullptr)
      exchange_ = std::make_unique<MemoryExchange>(worker.pipeline(), *workers_.assembly()->listeners().front());
    exchange_->receive(octets, [told](RequestOutcome&& became) { told->set_value(std::move(became)); });
    return true;
  });
  bool came = outcome.wait_for(std::chrono::milliseconds(patience_ms)) == std::future_status::ready;
  return came ? std::optional(outcome.get()) : std::nullopt;
}

}  // namespace radhost
