// SPDX-License-Identifier: Apache-2.0
#include "exchange/udp_exchange.h"

namespace radhost {

UdpExchange::UdpExchange(const Listener& listener, Pipeline& pipeline, const Dictionary& dictionary, size_t slots)
    : listener_(listener), pipeline_(pipeline), pool_(dictionary, slots) {
  rooms_.reserve(UdpSocket::batch_max);
}

UdpExchange::~UdpExchange() {
  for (Request* request : rooms_) pool_.give_back(request);
  for (Request* request : outgoing_) pool_.give_back(request);
}

size_t UdpExchange::give_rooms(std::span<Datagram> rooms) {
  size_t wanted = std::min(rooms.size(), UdpSocket::batch_max);
  while (rooms_.size() < wanted) {
    Request* request = pool_.take();
    if (request == nullptr) break;
    rooms_.push_back(request);
  }
  size_t count = std::min(rooms_.size(), wanted);
  for (size_t i = 0; i < count; ++i) {
    rooms[i] = {};
    rooms[i].octets = rooms_[rooms_.size() - 1 - i]->received;
  }
  return count;
}

void UdpExchange::receive(std::span<const Datagram> datagrams) {
  for (const Datagram& datagram : datagrams) {
    Request* request = rooms_.back();
    rooms_.pop_back();
    request->datagram = datagram;
    if (!pipeline_.process(listener_, *request)) {
      pool_.give_back(request);
      continue;
    }
    outgoing_.push_back(request);
    Datagram& reply = datagrams_.emplace_back(datagram);
    reply.octets = MutableOctets(request->reply).first(request->reply_size);
  }
}

std::span<const Datagram> UdpExchange::outgoing() {
  return std::span(datagrams_).first(std::min(datagrams_.size(), UdpSocket::batch_max));
}

void UdpExchange::sent(size_t count, bool next_refused) {
  if (next_refused) pipeline_.count_unsent(listener_, *outgoing_[count++]);
  for (size_t i = 0; i < count; ++i) pool_.give_back(outgoing_[i]);
  auto done = static_cast<std::ptrdiff_t>(count);
  outgoing_.erase(outgoing_.begin(), outgoing_.begin() + done);
  datagrams_.erase(datagrams_.begin(), datagrams_.begin() + done);
}

}  // namespace radhost
