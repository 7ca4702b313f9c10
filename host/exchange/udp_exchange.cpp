// SPDX-License-Identifier: Apache-2.0
#include "exchange/udp_exchange.h"

namespace radhost {
namespace {

/// Slots beside those of requests in flight: for what is received, and what waits to be sent.
constexpr size_t slots_beside = 4 * UdpSocket::batch_max;
/// Copies of replies that wait. A reject that finds no room is lost, and counted so; its retransmission is answered.
constexpr size_t copies_max = 65536;

DuplicateCache::Limits limits_of(const DuplicatesConfig& config, size_t workers) {
  DuplicateCache::Limits limits;
  limits.entries = std::max<size_t>(1, config.max_entries / workers);
  limits.octets = std::max<size_t>(Packet::maximum_size * 2, config.max_octets / workers);
  limits.ttl_ns = uint64_t{config.ttl_ms} * 1000000;
  limits.dynauth_ttl_ns = uint64_t{config.dynauth_ttl_ms} * 1000000;
  return limits;
}

}  // namespace

std::unique_ptr<DuplicateCache> UdpExchange::make_cache(const Listener& listener, size_t workers,
                                                        const KeyedHash& hash) {
  if (!listener.duplicates.enabled) return nullptr;
  return std::make_unique<DuplicateCache>(limits_of(listener.duplicates, workers), hash);
}

UdpExchange::UdpExchange(Parts parts)
    : versions_(parts.listener, parts.worker),
      pipeline_(parts.pipeline),
      workers_(parts.workers),
      remembers_(parts.listener->duplicates.enabled),
      duplicates_(parts.duplicates != nullptr ? std::move(parts.duplicates)
                                              : make_cache(*parts.listener, parts.workers, KeyedHash())),
      bound_(parts.bound),
      predecessor_(parts.predecessor),
      delayed_(parts.timers, copies_max,
               [this](DelayedReplies::Reply& reply) {
                 put_outgoing(reply.datagram, reply.octets, {nullptr, &reply});
               }),
      pool_(parts.pipeline, *this, parts.listener->max_in_flight + slots_beside) {
  rooms_.reserve(UdpInbox::rooms_max);
}

UdpExchange::~UdpExchange() = default;

void UdpExchange::replace(std::shared_ptr<const Listener> next) {
  // Requests in hand are in the one that there is, whether it is used any more or not.
  remembers_ = next->duplicates.enabled;
  try {
    if (duplicates_ != nullptr) duplicates_->limit(limits_of(next->duplicates, workers_));
    else duplicates_ = make_cache(*next, workers_, KeyedHash());
  } catch (const std::bad_alloc&) {
    // Then as much is remembered as before, and all else is as the listener says.
  }
  pool_.set_bound(next->max_in_flight + slots_beside);
  versions_.replace(std::move(next));
}

size_t UdpExchange::give_rooms(UdpInbox& inbox) {
  size_t used = std::exchange(used_, 0);
  for (size_t place = 0; place < used; ++place) {
    Request* request = pool_.take();
    if (request == nullptr && rooms_.size() == used) {
      rooms_.resize(place);
      break;
    }
    if (request == nullptr) {
      // All others are under way: the last room closes the gap.
      request = rooms_.back();
      rooms_.pop_back();
    }
    put_room(inbox, place, *request);
  }
  while (rooms_.size() < UdpInbox::rooms_max) {
    Request* request = pool_.take();
    if (request == nullptr) break;
    rooms_.push_back(nullptr);
    put_room(inbox, rooms_.size() - 1, *request);
  }
  return rooms_.size();
}

void UdpExchange::put_room(UdpInbox& inbox, size_t place, Request& request) {
  rooms_[place] = &request;
  inbox.put(place, request.received_octets);
}

void UdpExchange::receive(std::span<const Datagram> datagrams) {
  pipeline_.begin_batch();
  used_ = datagrams.size();
  for (size_t i = 0; i < datagrams.size(); ++i) {
    Request& request = *rooms_[i];
    request.datagram = datagrams[i];
    pipeline_.process(versions_.hold(versions_.current()), used_duplicates(), request);
  }
}

void UdpExchange::dropped(uint64_t count) { pipeline_.tally().kernel_drops(versions_.current(), count); }

void UdpExchange::put_outgoing(const Datagram& to, MutableOctets octets, Outgoing outgoing) {
  outgoing_.push_back(outgoing);
  datagrams_.push_back(to);
  datagrams_.back().octets = octets;
}

void UdpExchange::send(Request& request) {
  put_outgoing(request.datagram, request.reply_written(), {&request, nullptr});
}

void UdpExchange::send_copy(const Request& request, uint64_t due_ns) {
  DelayedReplies::Reply* copy = delayed_.take();
  if (copy == nullptr) return pipeline_.count_unsent(Pipeline::account(request), request.datagram);
  Octets reply = request.reply_written();
  copy->octets.assign(reply.begin(), reply.end());
  copy->datagram = request.datagram;
  copy->account.emplace(Pipeline::account(request));
  delayed_.start(*copy, due_ns);
}

void UdpExchange::give_back(Request& request) {
  // First its own: it has what the version keeps.
  const Listener& listener = *request.listener;
  pool_.give_back(&request);
  versions_.let_go(listener);
}

std::span<const Datagram> UdpExchange::outgoing() {
  return std::span(datagrams_).first(std::min(datagrams_.size(), UdpSocket::batch_max));
}

void UdpExchange::sent(size_t count, bool next_refused) {
  if (next_refused) {
    const auto& [request, copy] = outgoing_[count];
    pipeline_.count_unsent(request != nullptr ? Pipeline::account(*request) : *copy->account, datagrams_[count]);
    ++count;
  }
  for (size_t i = 0; i < count; ++i) {
    if (outgoing_[i].request != nullptr) give_back(*outgoing_[i].request);
    else delayed_.give_back(*outgoing_[i].copy);
  }
  auto done = static_cast<std::ptrdiff_t>(count);
  outgoing_.erase(outgoing_.begin(), outgoing_.begin() + done);
  datagrams_.erase(datagrams_.begin(), datagrams_.begin() + done);
}

bool UdpExchange::is_idle() const { return pool_.taken() == rooms_.size() - used_ && delayed_.taken() == 0; }

bool UdpExchange::pass_on(const Request& request) {
  return predecessor_ != nullptr && predecessor_->send(bound_, request.datagram);
}

void UdpExchange::begin_telling() {
  if (duplicates_ != nullptr) duplicates_->begin_telling();
}

bool UdpExchange::tell_answered(size_t count, std::vector<uint8_t>& records) {
  DuplicateRecord record;
  for (size_t told = 0; told < count; ++told) {
    if (duplicates_ == nullptr || !duplicates_->next_answered(record)) return false;
    write_record(record, records);
  }
  return true;
}

void UdpExchange::tell_in_hand(std::vector<uint8_t>& records) {
  if (duplicates_ == nullptr) return;
  DuplicateRecord record;
  pool_.each([&](const Request& request) {
    if (duplicates_->tell(request.claim, record)) write_record(record, records);
  });
}

void UdpExchange::receive_relayed(const Datagram& datagram) {
  Request* request = pool_.take();
  if (request == nullptr || datagram.octets.size() > request->received_octets.size()) {
    if (request != nullptr) pool_.give_back(request);
    return dropped(1);
  }
  copy_octets(request->received_octets, datagram.octets);
  request->datagram = datagram;
  request->datagram.octets = MutableOctets(request->received_octets).first(datagram.octets.size());
  pipeline_.begin_batch();
  pipeline_.process(versions_.hold(versions_.current()), used_duplicates(), *request);
}

void UdpExchange::forget_predecessor(Octets records) {
  predecessor_ = nullptr;
  if (duplicates_ == nullptr) return;
  DuplicateRecord record;
  while (!records.empty() && take_record(records, record)) duplicates_->learn_elsewhere(record);
  duplicates_->forget_elsewhere();
}

void UdpExchange::expire_all(const Listener* version) {
  pool_.each([&](Request& request) {
    bool is_meant = version == nullptr || request.listener == version;
    if (is_meant && request.deadline.is_running()) pipeline_.expire(request);
  });
}

}  // namespace radhost
