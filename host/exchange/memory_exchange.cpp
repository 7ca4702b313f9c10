// SPDX-License-Identifier: Apache-2.0
#include "exchange/memory_exchange.h"

#include <algorithm>

namespace radhost {
namespace {

/// Where such requests come from, and to.
const SocketAddress nowhere = *SocketAddress::parse("127.0.0.1:0");

}  // namespace

void MemoryExchange::receive(Octets datagram, std::function<void(RequestOutcome&&)> done) {
  if (free_.empty()) {
    slots_.push_back(pipeline_.make_request(*this, this));
    free_.push_back(slots_.back().get());
  }
  Request& request = *free_.back();
  free_.pop_back();
  under_way_[&request].done = std::move(done);

  size_t size = std::min(datagram.size(), request.received_octets.size());
  copy_octets(request.received_octets, datagram.first(size));
  request.datagram = {};
  request.datagram.octets = MutableOctets(request.received_octets).first(size);
  request.datagram.peer = nowhere;
  request.datagram.local = nowhere.address;
  pipeline_.process(listener_, nullptr, request);
}

void MemoryExchange::send(Request& request) {
  send_copy(request, 0);
  give_back(request);
}

void MemoryExchange::send_copy(const Request& request, uint64_t /*due_ns*/) {
  Octets reply = request.reply_written();
  under_way_[&request].outcome.answer.assign(reply.begin(), reply.end());
  tell(request);
}

void MemoryExchange::give_back(Request& request) {
  tell(request);
  under_way_.erase(&request);
  request.clear();
  free_.push_back(&request);
}

void MemoryExchange::concluded(const Request& request, const ChainOutcome& outcome) {
  RequestOutcome& kept = under_way_[&request].outcome;
  kept.verdict = outcome.verdict;
  kept.reply = request.reply;
  kept.control = request.control;
}

void MemoryExchange::failed(const Request& request, const ChainOutcome& outcome) {
  RequestOutcome& kept = under_way_[&request].outcome;
  kept.verdict = outcome.verdict;
  kept.why = outcome.reason;
}

void MemoryExchange::discarded(const Request& request, Discard reason) {
  under_way_[&request].outcome.discard = reason;
  tell(request);
}

void MemoryExchange::tell(const Request& request) {
  UnderWay& told = under_way_[&request];
  if (auto done = std::exchange(told.done, nullptr)) done(std::move(told.outcome));
}

}  // namespace radhost
