// SPDX-License-Identifier: Apache-2.0
#include "cli/load_sockets.h"

#include <sys/epoll.h>

#include <array>
#include <stdexcept>

#include "base/clock.h"
#include "base/writer.h"
#include "packet/packet.h"

namespace radhost {
namespace {

static_assert(LoadPorts::batch_max <= ConnectedSocket::batch_max);
// Rooms are a little larger than a packet: at a distance of 4096 they would all fall on the same lines of the cache.
constexpr size_t room_size = Packet::maximum_size + 64;
constexpr int batches_per_turn = 16;

IpAddress source_address(size_t number) {
  IpAddress address{IpAddress::Family::V4, {127, 1, 0, 0}};
  put_uint16be(MutableOctets(address.octets).subspan(2, 2), static_cast<uint16_t>(number + 1));
  return address;
}

}  // namespace

LoadSockets::LoadSockets(const Options& options) : rooms_(room_size * batch_max) {
  sockets_.reserve(options.count);
  for (size_t i = 0; i < options.count; ++i) {
    std::optional<IpAddress> source;
    if (options.sources > 0) source = source_address(i % options.sources);
    auto opened = ConnectedSocket::open(options.server, source);
    if (!opened.ok()) throw std::runtime_error(opened.error());
    sockets_.push_back(std::move(*opened));
    watch(i, sockets_.back().fd(), EPOLLIN);
  }
}

void LoadSockets::ready(size_t port, Taker& taker) {
  std::array<MutableOctets, batch_max> rooms;
  for (int batch = 0; batch < batches_per_turn; ++batch) {
    for (size_t i = 0; i < batch_max; ++i) rooms[i] = MutableOctets(rooms_).subspan(i * room_size, room_size);
    size_t received = sockets_[port].receive(rooms);
    uint64_t now = monotonic_ns();
    for (Octets octets : std::span(rooms).first(received)) taker.take(port, octets, now);
    if (received < batch_max) return;
  }
}

}  // namespace radhost
