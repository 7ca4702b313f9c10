// SPDX-License-Identifier: Apache-2.0
#include "cli/load_handshakes.h"

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
// After one that failed: a server that refuses each one is not to be stormed.
constexpr uint64_t pause_ns = 10 * ns_per_ms;

}  // namespace

HandshakeReport LoadHandshakes::run(const volatile std::sig_atomic_t& stop) {
  report_.begin_ns = monotonic_ns();
  do {
    is_stopped_ = stop != 0;
    uint64_t now = monotonic_ns();
    wait(now, now + pause_ns, *this);
  } while (under_way_ > 0 || may_begin(monotonic_ns()));
  return std::move(report_);
}

/// Begins where nothing is under way, as long as there are more to begin, and gives up what takes too long.
uint64_t LoadHandshakes::look_at_time(uint64_t now_ns, LoadPorts::Taker&) {
  uint64_t timeout_ns = options_.server.timeout_ms * ns_per_ms;
  for (size_t number = 0; number < places_.size(); ++number) {
    Place& place = places_[number];
    bool is_late = place.connection != nullptr && now_ns > place.begin_ns + timeout_ns;
    if (is_late) place.connection->end("the server does not answer");
    if (is_late) conclude(number, now_ns);
    if (place.connection == nullptr) begin_if_due(number, now_ns);
  }
  return UINT64_MAX;
}

bool LoadHandshakes::may_begin(uint64_t now_ns) const {
  return !is_stopped_ && begun_ < options_.count && now_ns < options_.end_ns;
}

void LoadHandshakes::begin_if_due(size_t number, uint64_t now_ns) {
  Place& place = places_[number];
  if (!may_begin(now_ns) || now_ns < place.begin_ns) return;
  ++begun_;
  ++under_way_;
  place.begin_ns = now_ns;
  place.connection = ServerConnection::begin(options_.server);
  if (!place.connection->is_open()) return conclude(number, now_ns);
  place.watched = static_cast<uint32_t>(place.connection->wanted_events());
  watch(number, place.connection->fd(), place.watched);
}

void LoadHandshakes::ready(size_t number, LoadPorts::Taker&) {
  Place& place = places_[number];
  if (place.connection == nullptr) return;
  ServerConnection& connection = *place.connection;
  if (!connection.is_established()) {
    connection.go_on();
    if (connection.is_established()) connection.finish();
  }
  if (connection.is_established()) connection.receive_now([](Octets) {});
  if (!connection.is_open()) {
    uint64_t now = monotonic_ns();
    conclude(number, now);
    return begin_if_due(number, now);
  }
  // EPOLLIN and EPOLLOUT are POLLIN and POLLOUT.
  auto wanted = static_cast<uint32_t>(connection.wanted_events());
  if (wanted != place.watched) watch_for(number, connection.fd(), wanted);
  place.watched = wanted;
}

void LoadHandshakes::conclude(size_t number, uint64_t now_ns) {
  Place& place = places_[number];
  ServerConnection& connection = *place.connection;
  --under_way_;
  report_.end_ns = now_ns;
  if (connection.is_established() && connection.was_closed()) {
    ++report_.done;
    report_.latency.add(now_ns - place.begin_ns);
    place.begin_ns = now_ns;
  } else {
    ++report_.failed;
    report_.why = connection.is_established() ? connection.why_ended() : connection.why_not_established();
    place.begin_ns = now_ns + pause_ns;
  }
  place.connection.reset();
}

}  // namespace radhost
