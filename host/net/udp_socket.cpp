// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace radhost {
namespace {

/// Of a message that goes out: an address to send from, and the size of segments.
constexpr size_t control_size = CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t));

bool set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

std::string failure(const SocketAddress& address, std::string_view what) {
  return "cannot " + std::string(what) + " " + address.to_text() + ": " + std::strerror(errno);
}

/// A classic BPF program that the kernel runs over each datagram to choose a socket of the group:
/// the second octet, which is the packet's Identifier (RFC 2865 §3), modulo the number of sockets.
bool steer_by_identifier(int fd, size_t sockets) {
  std::array<sock_filter, 3> program{{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 1},
      {BPF_ALU | BPF_MOD | BPF_K, 0, 0, static_cast<uint32_t>(sockets)},
      {BPF_RET | BPF_A, 0, 0, 0},
  }};
  sock_fprog filter{program.size(), program.data()};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &filter, sizeof filter) == 0;
}

/// What the system tells of a datagram beside its octets: the address it came to, where it was asked for that, and how
/// many were dropped so far.
void read_packet_info(msghdr& header, Datagram& datagram, uint32_t& dropped) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(part), sizeof info);
      datagram.local = {};
      std::memcpy(datagram.local.octets.data(), &info.ipi_addr, 4);
      datagram.interface = static_cast<uint32_t>(info.ipi_ifindex);
    } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(part), sizeof info);
      sockaddr_storage storage{};
      auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
      in6.sin6_family = AF_INET6;
      in6.sin6_addr = info.ipi6_addr;
      datagram.local = SocketAddress::from(storage).address;  // which unmaps IPv4
      datagram.interface = info.ipi6_ifindex;
    } else if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_RXQ_OVFL) {
      std::memcpy(&dropped, CMSG_DATA(part), sizeof dropped);
    }
  }
}

/// The parts of a message's control data, which has room for them.
class ControlWriter {
 public:
  ControlWriter(msghdr& header, MutableOctets room) : header_(header) {
    header_.msg_control = room.data();
    header_.msg_controllen = 0;
  }

  template <class Value>
  void put(int level, int type, const Value& value) {
    auto* part = reinterpret_cast<cmsghdr*>(static_cast<uint8_t*>(header_.msg_control) + header_.msg_controllen);
    part->cmsg_level = level;
    part->cmsg_type = type;
    part->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(part), &value, sizeof value);
    // The system is handed the gap before the next part, too.
    std::memset(CMSG_DATA(part) + sizeof value, 0, CMSG_SPACE(sizeof value) - CMSG_LEN(sizeof value));
    header_.msg_controllen += CMSG_SPACE(sizeof value);
  }

 private:
  msghdr& header_;
};

/// Asks the system to send from the address that the request came to.
void write_packet_info(ControlWriter& control, const Datagram& datagram, IpAddress::Family socket_family) {
  if (socket_family == IpAddress::Family::V4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, datagram.local.octets.data(), 4);
    control.put(IPPROTO_IP, IP_PKTINFO, info);
    return;
  }
  sockaddr_storage storage;
  SocketAddress{datagram.local}.to_system(storage, IpAddress::Family::V6);
  in6_pktinfo info{};
  info.ipi6_addr = reinterpret_cast<sockaddr_in6&>(storage).sin6_addr;
  bool link_local = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr);
  info.ipi6_ifindex = link_local ? datagram.interface : 0;
  control.put(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

/// Longer ones might not fit into one frame, where the system would refuse them as segments.
constexpr size_t segment_max = 1200;

/// How many of the datagrams can go as one message's segments.
size_t segments_of(std::span<const Datagram> datagrams) {
  const Datagram& first = datagrams[0];
  size_t size = first.octets.size();
  if (size > segment_max) return 1;
  size_t count = 1;
  while (count < datagrams.size()) {
    const Datagram& next = datagrams[count];
    if (next.octets.size() > size || next.peer != first.peer || next.local != first.local ||
        next.interface != first.interface)
      break;
    ++count;
    if (next.octets.size() < size) break;
  }
  return count;
}

}  // namespace

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) close(fd_);
}

Result<UdpSocket, std::string> UdpSocket::bind_one(const SocketAddress& address, bool shared, const Options& options) {
  bool v6 = address.address.family == IpAddress::Family::V6;
  int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failure(address, "make a socket for");
  UdpSocket made(fd, address);

  bool wildcard = address.address.is_wildcard();
  bool prepared = set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
  if (v6) prepared = prepared && set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, wildcard && !options.v6_only ? 0 : 1);
  if (wildcard) prepared = prepared && set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
  if (wildcard && v6) prepared = prepared && set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  if (prepared && shared) prepared = set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (!prepared) return failure(address, "prepare a socket for");
  // The system may give less than is asked for; a server that may, overrides the system's bound.
  if (options.receive_buffer != 0) {
    auto size = static_cast<int>(std::min<uint32_t>(options.receive_buffer, INT32_MAX));
    if (!set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, size)) set_option(fd, SOL_SOCKET, SO_RCVBUF, size);
  }
  sockaddr_storage storage;
  socklen_t size = address.to_system(storage, address.address.family);
  if (bind(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0) return failure(address, "listen on");
  return made;
}

Result<UdpSocket::Group, std::string> UdpSocket::bind_group(const SocketAddress& address, const Options& options) {
  Group group{{}, address};
  // SO_REUSEPORT would let a second server take half of the packets without a word, so an exclusive socket probes
  // the address first. It also finds a free port where 0 was asked for.
  auto probe = bind_one(address, false, options);
  if (!probe.ok()) return probe.error();
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(probe->fd_, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return failure(address, "ask for the port of");
  group.address.port = SocketAddress::from(storage).port;
  int receive_buffer = 0;
  size = sizeof receive_buffer;
  getsockopt(probe->fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, &size);
  group.receive_buffer = static_cast<uint32_t>(receive_buffer) / 2;  // Linux counts its own overhead as much again
  if (options.count == 1) {
    probe->address_.port = group.address.port;
    group.sockets.push_back(std::move(*probe));
    return group;
  }
  { UdpSocket closed = std::move(*probe); }
  for (size_t i = 0; i < options.count; ++i) {
    auto socket = bind_one(group.address, true, options);
    if (!socket.ok()) return socket.error();
    group.sockets.push_back(std::move(*socket));
  }
  if (!steer_by_identifier(group.sockets[0].fd_, options.count)) return failure(address, "steer by Identifier on");
  return group;
}

UdpSocket::Received UdpSocket::receive(UdpInbox& inbox, std::span<Datagram> datagrams) {
  auto count = static_cast<unsigned>(std::min(datagrams.size(), UdpInbox::rooms_max));
  int received = recvmmsg(fd_, inbox.messages_.data(), count, MSG_DONTWAIT, nullptr);
  if (received <= 0) return {};
  uint32_t dropped = dropped_;
  for (size_t i = 0; i < static_cast<size_t>(received); ++i) {
    Datagram& datagram = datagrams[i];
    datagram.octets = inbox.received(i);
    datagram.peer = SocketAddress::from(inbox.names_[i]);
    datagram.local = address_.address;
    datagram.local_port = address_.port;
    datagram.interface = address_.scope_id;
    read_packet_info(inbox.messages_[i].msg_hdr, datagram, dropped);
    inbox.prepare(i);
  }
  return {static_cast<size_t>(received), dropped - std::exchange(dropped_, dropped)};
}

UdpSocket::Sent UdpSocket::send(std::span<const Datagram> datagrams) {
  datagrams = datagrams.first(std::min(datagrams.size(), batch_max));
  Sent sent = send_messages(datagrams, takes_segments_);
  if (!sent.next_refused || !takes_segments_) return sent;
  // An interface that cannot compute checksums refuses all segments (EIO); others refuse what the path has no room for.
  if (errno == EIO) takes_segments_ = false;
  Sent rest = send_messages(datagrams.subspan(sent.count), false);
  return {sent.count + rest.count, rest.next_refused};
}

/// Leaves the system's reason in errno where the next one was refused.
UdpSocket::Sent UdpSocket::send_messages(std::span<const Datagram> datagrams, bool in_segments) {
  std::array<mmsghdr, batch_max> messages;
  std::array<iovec, batch_max> contents;
  std::array<sockaddr_storage, batch_max> names;
  alignas(cmsghdr) std::array<std::array<uint8_t, control_size>, batch_max> controls;
  unsigned count = 0;
  for (size_t first = 0; first < datagrams.size(); ++count) {
    const Datagram& datagram = datagrams[first];
    size_t segments = in_segments ? segments_of(datagrams.subspan(first)) : 1;
    for (size_t i = first; i < first + segments; ++i)
      contents[i] = {datagrams[i].octets.data(), datagrams[i].octets.size()};
    msghdr& header = messages[count].msg_hdr;
    socklen_t name_size = datagram.peer.to_system(names[count], address_.address.family);
    header = {&names[count], name_size, &contents[first], segments, nullptr, 0, 0};
    ControlWriter control(header, controls[count]);
    if (is_wildcard()) write_packet_info(control, datagram, address_.address.family);
    if (segments > 1) control.put(IPPROTO_UDP, UDP_SEGMENT, static_cast<uint16_t>(datagram.octets.size()));
    first += segments;
  }
  Sent sent;
  for (unsigned next = 0; next < count;) {
    int result = sendmmsg(fd_, &messages[next], count - next, MSG_DONTWAIT);
    if (result < 0 && errno == EINTR) continue;
    if (result <= 0) {
      sent.next_refused = errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS;
      break;
    }
    for (unsigned end = next + static_cast<unsigned>(result); next < end; ++next)
      sent.count += messages[next].msg_hdr.msg_iovlen;
  }
  return sent;
}

}  // namespace radhost
