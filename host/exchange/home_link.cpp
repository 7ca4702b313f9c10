// SPDX-License-Identifier: Apache-2.0
#include "exchange/home_link.h"

#include <algorithm>

#include "base/clock.h"
#include "exchange/pool_client.h"

namespace radhost {
namespace {

/// Of what one request has when it leaves over TLS.
constexpr size_t record_max = Packet::maximum_size + 256;
constexpr size_t buffered_min = 1 << 20;

}  // namespace

HomeLink::HomeLink(const Parts& parts) : parts_(parts) {
  terms_.tls = server().tls;
  terms_.handshake_timeout_ns = uint64_t{parts.pool->config.connect_timeout_ms} * 1000000;
  // All that may wait for answers has room, so that answers are always read: else each end might wait for the other.
  terms_.max_buffered = std::max(buffered_min, record_max * (parts.requests_max + 1));
}

HomeLink::~HomeLink() {
  close();
  connections_.clear();
  parts_.timers.stop(*this);
  tell_reach(Reach::Unknown);
}

/// The server counts its workers' links by what they know.
void HomeLink::tell_reach(Reach reach) {
  if (reach == reach_) return;
  const HomeServer& home = server();
  if (reach_ == Reach::Up) home.links_up.fetch_sub(1, std::memory_order_relaxed);
  if (reach_ == Reach::Down) home.links_down.fetch_sub(1, std::memory_order_relaxed);
  reach_ = reach;
  if (reach_ == Reach::Up) home.links_up.fetch_add(1, std::memory_order_relaxed);
  if (reach_ == Reach::Down) home.links_down.fetch_add(1, std::memory_order_relaxed);
}

void HomeLink::close() {
  is_closed_ = true;
  for (const std::unique_ptr<HomeConnection>& connection : connections_) connection->end(StreamEnd::Drained);
}

uint64_t HomeLink::random() { return parts_.client.random(); }

void HomeLink::look_soon() { parts_.timers.start(*this, monotonic_ns()); }

bool HomeLink::may_open_more() const {
  return !is_closed_ && connections_.size() < parts_.pool->config.max_connections &&
         std::none_of(connections_.begin(), connections_.end(), [](const auto& one) { return one->is_connecting(); });
}

bool HomeLink::may_become_usable(uint64_t now_ns) const {
  if (was_down_) return false;
  bool is_connecting =
      std::any_of(connections_.begin(), connections_.end(), [](const auto& one) { return one->is_connecting(); });
  return is_connecting || (may_open_more() && reconnection_.may_connect(now_ns));
}

bool HomeLink::is_usable(uint64_t now_ns) const { return find(false) != nullptr || may_become_usable(now_ns); }

HomeConnection* HomeLink::find(bool any) const {
  for (const std::unique_ptr<HomeConnection>& connection : connections_)
    if (connection->has_room() && connection->is_okay()) return connection.get();
  if (!any) return nullptr;
  for (const std::unique_ptr<HomeConnection>& connection : connections_)
    if (connection->has_room()) return connection.get();
  return nullptr;
}

void HomeLink::wait(Outbound& request) {
  waiting_.push_back(&request);
  look_soon();
}

void HomeLink::stop_waiting(Outbound& request) { std::erase(waiting_, &request); }

void HomeLink::note_answer() {
  reconnection_.answered();
  if (!waiting_.empty()) look_soon();
}

bool HomeLink::is_any_okay() const {
  return std::any_of(connections_.begin(), connections_.end(), [](const auto& one) { return one->is_okay(); });
}

/// RFC 3539 §3.4.1: what is opened from now on is not trusted at once.
void HomeLink::be_down() {
  was_down_ = true;
  tell_reach(Reach::Down);
}

/// A connection is trusted, for the first time or again.
void HomeLink::note_okay() {
  was_down_ = false;
  tell_reach(Reach::Up);
  look_soon();
}

void HomeLink::expired() {
  uint64_t now = monotonic_ns();
  bury(now);
  fail_over();
  serve_waiting();
  open_more(now);
}

/// What waited for answers over connections that have ended goes elsewhere (RFC 6613 §2.6.1).
void HomeLink::bury(uint64_t now_ns) {
  std::vector<std::unique_ptr<HomeConnection>> ended;
  for (std::unique_ptr<HomeConnection>& connection : connections_)
    if (connection->has_ended()) ended.push_back(std::move(connection));
  std::erase(connections_, nullptr);
  for (const std::unique_ptr<HomeConnection>& connection : ended) {
    reconnection_.ended(now_ns, random());
    if (connection->has_ended_quietly()) continue;
    if (is_any_okay()) continue;
    wants_connection_ = true;
    if (connection->has_opened()) be_down();
    else tell_reach(Reach::Down);
  }
  // Who is told of one may give up others.
  for (const std::unique_ptr<HomeConnection>& connection : ended)
    for (Outbound* request : connection->requests().all())
      if (request->connection == connection.get()) parts_.client.reassign(*request);
}

/// RFC 3539 §3.4.1: one Status-Server without answer, and others are asked.
void HomeLink::fail_over() {
  for (const std::unique_ptr<HomeConnection>& connection : connections_) {
    if (!connection->is_suspended()) continue;
    if (!is_any_okay()) be_down();
    for (Outbound* request : connection->requests().all())
      if (request->connection == connection.get()) parts_.client.try_another(*request);
  }
}

/// What is told of a request here may have others given up, or sent.
void HomeLink::serve_waiting() {
  uint64_t now = monotonic_ns();
  for (size_t i = 0; i < waiting_.size();) {
    Outbound& request = *waiting_[i];
    HomeConnection* connection = find(false);
    bool is_hopeful = connection != nullptr || may_become_usable(now);
    if (!is_hopeful && parts_.client.try_another(request)) continue;
    if (!is_hopeful) connection = find(true);
    if (connection == nullptr) {
      ++i;
      continue;
    }
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    parts_.client.dispatch(request, *connection);
  }
}

void HomeLink::open_more(uint64_t now_ns) {
  for (const std::unique_ptr<HomeConnection>& connection : connections_)
    if (connection->requests().is_used_up()) connection->end(StreamEnd::Drained, "its Identifiers are used up");
  bool is_wanted = (wants_connection_ && connections_.empty()) || !waiting_.empty();
  if (!is_wanted || !may_open_more() || find(false) != nullptr) return;
  // RFC 6614 §2.3: however much is there to be sent, never before its time.
  if (!reconnection_.may_connect(now_ns)) return parts_.timers.start(*this, reconnection_.not_before_ns());
  wants_connection_ = false;
  connections_.push_back(std::make_unique<HomeConnection>(*this));
}

}  // namespace radhost
