// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/worker_serving.h"

// What a worker does so that another process can go on with its sockets.

namespace radhost {
namespace {

/// How many datagrams may be taken that were passed on, before the loop turns to others.
constexpr int relayed_a_turn = 64;

}  // namespace

void Worker::begin_handing_over(std::map<Endpoint, Shared>& shared) {
  for (Serving::Opened& opened : serving_->opened) {
    if (opened.closing != nullptr) continue;
    const DuplicateCache* duplicates = opened.exchange->duplicates();
    const UdpSocket& socket = opened.listener->socket();
    shared[{opened.bound, false}] = {
        socket.fd(),
        {duplicates == nullptr ? std::nullopt : std::optional(duplicates->hash().key()), socket.dropped()}};
    opened.exchange->begin_telling();
  }
  for (Serving::OpenedStream& stream : serving_->streams)
    if (stream.closing == nullptr) shared[{stream.bound, true}] = {stream.listener->fd(), {}};
}

bool Worker::tell_answered(size_t count, RecordsByAddress& records) {
  bool has_more = false;
  for (Serving::Opened& opened : serving_->opened)
    if (opened.exchange->tell_answered(count, records[opened.bound])) has_more = true;
  return has_more;
}

void Worker::pause_receiving(const std::vector<Endpoint>& addresses) {
  for (Serving::Opened& opened : serving_->opened)
    if (has(addresses, {opened.bound, false})) opened.listener->pause_receiving();
  for (Serving::OpenedStream& stream : serving_->streams)
    if (has(addresses, {stream.bound, true})) stream.listener->pause_accepting();
}

void Worker::resume_receiving() {
  for (Serving::Opened& opened : serving_->opened)
    if (opened.closing == nullptr) opened.listener->resume_receiving();
  for (Serving::OpenedStream& stream : serving_->streams)
    if (stream.closing == nullptr) stream.listener->resume_accepting();
}

void Worker::tell_in_hand(RecordsByAddress& records) {
  for (Serving::Opened& opened : serving_->opened) opened.exchange->tell_in_hand(records[opened.bound]);
}

void Worker::serve_relay(RelaySocket relay) {
  serving_->relay.emplace(std::move(relay), fds_, [this] { receive_relayed(); });
}

/// What another process received for requests and conversations that are in hand here.
void Worker::receive_relayed() {
  std::array<uint8_t, RelaySocket::room_size> room;
  for (int datagram = 0; datagram < relayed_a_turn; ++datagram) {
    auto relayed = serving_->relay->socket.receive(room);
    if (!relayed && serving_->relay->socket.is_over()) serving_->relay->watch.reset();
    if (!relayed) return;
    for (Serving::Opened& opened : serving_->opened)
      if (opened.bound == relayed->bound) opened.exchange->receive_relayed(relayed->datagram);
  }
}

void Worker::forget_predecessor(const RecordsByAddress& records) {
  for (Serving::Opened& opened : serving_->opened) {
    auto of_address = records.find(opened.bound);
    opened.exchange->forget_predecessor(of_address == records.end() ? Octets() : Octets(of_address->second));
  }
  inheritance_.predecessor.reset();
}

}  // namespace radhost
