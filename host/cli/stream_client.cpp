// SPDX-License-Identifier: Apache-2.0
#include "cli/stream_client.h"

#include <algorithm>

#include "base/clock.h"
#include "base/reader.h"
#include "cli/packet_text.h"

namespace radhost {
namespace {

constexpr uint64_t ns_per_ms = 1000000;

/// Does the server say that it speaks RADIUS/1.1 alone (RFC 9765 §3.3.1)? No packet of RADIUS/1.0 looks like that: its
/// Response Authenticator is a digest.
bool is_refusal_of_1_0(Octets packet) {
  Octets behind_code = packet.subspan(PacketTextKey::token_offset, Packet::authenticator_size);
  return packet[0] == static_cast<uint8_t>(Code::ProtocolError) &&
         std::all_of(behind_code.begin(), behind_code.end(), [](uint8_t octet) { return octet == 0; });
}

}  // namespace

StreamClient::StreamClient(ServerConnection& connection, const Options& options)
    : connection_(connection), options_(options) {
  // RFC 6613 §2.6.5: Identifier 0 is Status-Server's, and Status-Server has no other.
  if (options.code == Code::StatusServer) identifiers_.push_back(0);
  else
    for (unsigned identifier = 1; identifier < 256; ++identifier)
      identifiers_.push_back(static_cast<uint8_t>(identifier));
  std::array<uint8_t, 4> random;
  fill_random(random);
  // RFC 9765 §4.2.1: a Token counts from a random start.
  next_token_ = get_uint32be(random);
  size_t most = connection.is_1_1() ? parallel_max_1_1 : identifiers_.size();
  options_.parallel = std::clamp<size_t>(options.parallel, 1, most);
}

bool StreamClient::has_id() const { return connection_.is_1_1() || !identifiers_.empty(); }

uint32_t StreamClient::take_id() {
  if (connection_.is_1_1()) return next_token_++;
  uint8_t identifier = identifiers_.front();
  identifiers_.pop_front();
  return identifier;
}

void StreamClient::transmit(size_t number, const Make& make) {
  Sent sent{take_id(), monotonic_ns() + options_.timeout_ms * ns_per_ms};
  connection_.send(make(number, sent.id));
  outstanding_[sent.id] = {number, sent.deadline_ns};
  sent_.push_back(sent);
}

bool StreamClient::is_outstanding(const Sent& sent) const {
  auto found = outstanding_.find(sent.id);
  return found != outstanding_.end() && found->second.deadline_ns == sent.deadline_ns;
}

std::vector<size_t> StreamClient::exchange(size_t count, const Make& make, const Take& take) {
  std::vector<size_t> unanswered;
  size_t next = 0;
  while (connection_.is_open() && (next < count || !outstanding_.empty())) {
    while (next < count && outstanding_.size() < options_.parallel && has_id() && connection_.can_send())
      transmit(next++, make);
    if (outstanding_.empty() && !has_id()) connection_.end("each Identifier waits for an answer that may still come");
    receive(take);
    expire(unanswered);
  }
  for (const auto& [id, request] : outstanding_) unanswered.push_back(request.number);
  for (; next < count; ++next) unanswered.push_back(next);
  std::sort(unanswered.begin(), unanswered.end());
  return unanswered;
}

void StreamClient::receive(const Take& take) {
  while (!sent_.empty() && !is_outstanding(sent_.front())) sent_.pop_front();
  uint64_t deadline_ns = sent_.empty() ? monotonic_ns() : sent_.front().deadline_ns;
  connection_.receive(deadline_ns, [&](Octets packet) { judge(packet, take); });
}

void StreamClient::judge(Octets packet, const Take& take) {
  if (!connection_.is_1_1() && is_refusal_of_1_0(packet))
    return connection_.end("the server does not speak RADIUS/1.0");
  uint32_t id = connection_.is_1_1() ? get_uint32be(packet.subspan(PacketTextKey::token_offset)) : packet[1];
  auto found = outstanding_.find(id);
  if (found == outstanding_.end()) {
    ++strays_;
    return;
  }
  switch (take(found->second.number, packet)) {
    case Judgement::Ignored: return;
    case Judgement::Forged: return connection_.end("an answer that is not valid ends the connection");
    case Judgement::Answer: break;
  }
  outstanding_.erase(found);
  if (!connection_.is_1_1()) identifiers_.push_back(static_cast<uint8_t>(id));
}

/// An Identifier whose request was not answered in time is not used again: its answer may still come.
void StreamClient::expire(std::vector<size_t>& unanswered) {
  uint64_t now = monotonic_ns();
  for (; !sent_.empty(); sent_.pop_front()) {
    if (!is_outstanding(sent_.front())) continue;
    if (sent_.front().deadline_ns > now) return;
    auto found = outstanding_.find(sent_.front().id);
    unanswered.push_back(found->second.number);
    outstanding_.erase(found);
    // A packet that has not gone in all that time never will.
    if (!connection_.can_send()) connection_.end("the server takes nothing more");
  }
}

}  // namespace radhost
