// SPDX-License-Identifier: Apache-2.0
#include "net/relay_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/reader.h"
#include "base/writer.h"

namespace radhost {
namespace {

/// As much as the system gives: a burst of retransmissions must find room.
constexpr int buffer_octets = 1 << 22;

void put(Writer& writer, const IpAddress& address) {
  writer.put_uint8(static_cast<uint8_t>(address.family));
  writer.put(address.octets);
}

void put(Writer& writer, const SocketAddress& address) {
  put(writer, address.address);
  writer.put_uint16(address.port);
  writer.put_uint32(address.scope_id);
}

IpAddress take_ip(Reader& reader) {
  IpAddress address;
  address.family = reader.take_uint8() == 6 ? IpAddress::Family::V6 : IpAddress::Family::V4;
  copy_octets(address.octets, reader.take(address.octets.size()));
  return address;
}

SocketAddress take_address(Reader& reader) {
  SocketAddress address;
  address.address = take_ip(reader);
  address.port = reader.take_uint16();
  address.scope_id = reader.take_uint32();
  return address;
}

}  // namespace

Result<std::pair<RelaySocket, RelaySocket>, std::string> RelaySocket::open_pair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
    return std::string("cannot make a socket pair: ") + std::strerror(errno);
  for (int end : ends) setsockopt(end, SOL_SOCKET, SO_SNDBUF, &buffer_octets, sizeof buffer_octets);
  return std::pair(RelaySocket(Descriptor(ends[0])), RelaySocket(Descriptor(ends[1])));
}

bool RelaySocket::send(const SocketAddress& bound, const Datagram& datagram) {
  std::array<uint8_t, room_size> room;
  Writer writer(room);
  put(writer, bound);
  put(writer, datagram.peer);
  put(writer, datagram.local);
  writer.put_uint16(datagram.local_port);
  writer.put_uint32(datagram.interface);
  writer.put(datagram.octets);
  if (!writer.ok()) return false;
  ssize_t sent = ::send(socket_.number(), room.data(), writer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(writer.size());
}

std::optional<RelaySocket::Relayed> RelaySocket::receive(MutableOctets room) {
  for (;;) {
    ssize_t size = recv(socket_.number(), room.data(), room.size(), MSG_DONTWAIT);
    is_over_ = size == 0;
    if (size <= 0) return std::nullopt;
    Reader reader(Octets(room).first(static_cast<size_t>(size)));
    Relayed relayed;
    relayed.bound = take_address(reader);
    relayed.datagram.peer = take_address(reader);
    relayed.datagram.local = take_ip(reader);
    relayed.datagram.local_port = reader.take_uint16();
    relayed.datagram.interface = reader.take_uint32();
    if (!reader.ok()) continue;
    relayed.datagram.octets = room.subspan(static_cast<size_t>(size) - reader.rest().size(), reader.rest().size());
    return relayed;
  }
}

}  // namespace radhost
