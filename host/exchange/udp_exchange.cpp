// SPDX-License-Identifier: Apache-2.0
#include "exchange/udp_exchange.h"

namespace radhost {
namespace {

/// Slots beside those of requests in flight: for what is received, and what waits to be sent.
constexpr size_t slots_beside = 4 * UdpSocket::batch_max;
/// Copies of replies that wait. A reject that finds no room is lost, and counted so; its retransmission is answered.
constexpr size_t copies_max = 65536;

std::optional<DuplicateCache> make_duplicate_cache(const DuplicatesConfig& config, size_t workers) {
  if (!config.enabled) return std::nullopt;
  DuplicateCache::Limits limits;
  limits.entries = std::max<size_t>(1, config.max_entries / workers);
  limits.octets = std::max<size_t>(Packet::maximum_size * 2, config.max_octets / workers);
  limits.ttl_ns = uint64_t{config.ttl_ms} * 1000000;
  limits.dynauth_ttl_ns = uint64_t{config.dynauth_ttl_ms} * 1000000;
  return std::optional<DuplicateCache>(std::in_place, limits);
}

}  // namespace

UdpExchange::UdpExchange(const Parts& parts)
    : versions_(parts.listener, parts.worker),
      pipeline_(parts.pipeline),
      duplicates_(make_duplicate_cache(parts.listener->duplicates, parts.workers)),
      delayed_(parts.timers, copies_max,
               [this](DelayedReplies::Reply& reply) {
                 put_outgoing(reply.datagram, reply.octets, {nullptr, &reply});
               }),
      pool_(parts.pipeline, *this, parts.listener->max_in_flight + slots_beside) {
  rooms_.reserve(UdpInbox::rooms_max);
}

UdpExchange::~UdpExchange() = default;

void UdpExchange::replace(std::shared_ptr<const Listener> next) {
  pool_.set_bound(next->max_in_flight + slots_beside);
  const DuplicatesConfig& duplicates = next->duplicates;
  if (duplicates_)
    duplicates_->keep_for(uint64_t{duplicates.ttl_ms} * 1000000, uint64_t{duplicates.dynauth_ttl_ms} * 1000000);
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
    pipeline_.process(versions_.hold(versions_.current()), duplicates_ ? &*duplicates_ : nullptr, request);
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

void UdpExchange::expire_all(const Listener* version) {
  pool_.each([&](Request& request) {
    bool is_meant = version == nullptr || request.listener == version;
    if (is_meant && request.deadline.is_running()) pipeline_.expire(request);
  });
}

}  // namespace radhost
