// SPDX-License-Identifier: Apache-2.0
#include "cli/load_connections.h"

#include <sys/epoll.h>

#include <algorithm>

#include "base/clock.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;
// Servers bound how many may shake hands at once.
constexpr size_t opening_max = 32;
// After a connection that brought nothing: a server that closes each one is not to be stormed.
constexpr uint64_t pause_ns = 100 * ns_per_ms;

/// While all are opened nothing is asked.
struct Nobody final : LoadPorts::Taker {
  bool take(size_t, Octets, uint64_t) override { return true; }
  void closed(size_t) override {}
};

}  // namespace

LoadConnections::LoadConnections(const ServerConnection::Options& options, size_t count)
    : options_(options), ports_(count) {}

LoadConnections::~LoadConnections() = default;

std::string LoadConnections::open_all(const volatile std::sig_atomic_t& stop) {
  Nobody nobody;
  size_t begun = 0;
  while (established_ < ports_.size() && stop == 0) {
    uint64_t now = monotonic_ns();
    while (begun < ports_.size() && begun - established_ < opening_max) begin(begun++, now);
    wait(now, now + pause_ns, nobody);
    if (!why_.empty()) return why_;
  }
  return {};
}

bool LoadConnections::can_send(size_t port) const {
  return ports_[port].connection != nullptr && ports_[port].connection->can_send();
}

void LoadConnections::send(size_t port, std::span<const Octets> packets) {
  ports_[port].connection->send(packets);
  watch_as_wanted(port);
}

bool LoadConnections::are_given_up(uint64_t now_ns) const {
  return established_ == 0 && now_ns > none_since_ns_ + options_.timeout_ms * ns_per_ms;
}

void LoadConnections::begin(size_t number, uint64_t now_ns) {
  Port& port = ports_[number];
  port.connection = ServerConnection::begin(options_);
  port.due_ns = now_ns + options_.timeout_ms * ns_per_ms;
  port.has_brought = false;
  if (!port.connection->is_open()) return finish(number, now_ns, nullptr);
  port.watched = static_cast<uint32_t>(port.connection->wanted_events());
  watch(number, port.connection->fd(), port.watched);
}

void LoadConnections::go_on(size_t number, uint64_t now_ns) {
  Port& port = ports_[number];
  port.connection->go_on();
  if (!port.connection->is_open()) return finish(number, now_ns, nullptr);
  if (!port.connection->is_established()) return;
  port.due_ns = UINT64_MAX;
  ++established_;
  if (port.has_been_open) ++reopened_;
  port.has_been_open = true;
}

/// The connection is over; there will be another one. `taker`: where it was established.
void LoadConnections::finish(size_t number, uint64_t now_ns, Taker* taker) {
  Port& port = ports_[number];
  if (!port.connection->is_established()) why_ = port.connection->why_not_established();
  port.connection.reset();
  port.due_ns = port.has_brought ? now_ns : now_ns + pause_ns;
  if (taker == nullptr) return;
  if (--established_ == 0) none_since_ns_ = now_ns;
  taker->closed(number);
}

/// EPOLLIN and EPOLLOUT are POLLIN and POLLOUT.
void LoadConnections::watch_as_wanted(size_t number) {
  Port& port = ports_[number];
  auto wanted = static_cast<uint32_t>(port.connection->wanted_events());
  if (wanted == port.watched) return;
  port.watched = wanted;
  watch_for(number, port.connection->fd(), wanted);
}

void LoadConnections::ready(size_t number, Taker& taker) {
  Port& port = ports_[number];
  // Another event may have ended it.
  if (port.connection == nullptr) return;
  ServerConnection& connection = *port.connection;
  uint64_t now = monotonic_ns();
  if (!connection.is_established()) {
    go_on(number, now);
    if (port.connection == nullptr) return;
  }
  if (connection.is_established()) {
    connection.receive_now([&](Octets packet) {
      port.has_brought = true;
      if (!taker.take(number, packet, monotonic_ns()))
        connection.end("an answer that is not valid ends the connection");
    });
  }
  if (connection.is_open()) watch_as_wanted(number);
  else finish(number, now, connection.is_established() ? &taker : nullptr);
}

uint64_t LoadConnections::look_at_time(uint64_t now_ns, Taker&) {
  if (established_ == ports_.size()) return UINT64_MAX;
  uint64_t next_ns = UINT64_MAX;
  for (size_t number = 0; number < ports_.size(); ++number) {
    Port& port = ports_[number];
    if (port.due_ns <= now_ns) {
      if (port.connection == nullptr) {
        begin(number, now_ns);
      } else {
        port.connection->end("the server does not answer");
        finish(number, now_ns, nullptr);
      }
    }
    next_ns = std::min(next_ns, port.due_ns);
  }
  return next_ns;
}

}  // namespace radhost
