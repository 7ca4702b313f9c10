// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace radhost {
namespace {

constexpr size_t control_size =
    CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(in_pktinfo)) + CMSG_SPACE(sizeof(uint32_t));

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

/// Asks the system to send from the address that the request came to.
void write_packet_info(msghdr& header, const Datagram& datagram, IpAddress::Family socket_family) {
  cmsghdr* part = CMSG_FIRSTHDR(&header);
  if (socket_family == IpAddress::Family::V4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, datagram.local.octets.data(), 4);
    part->cmsg_level = IPPROTO_IP;
    part->cmsg_type = IP_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(part), &info, sizeof info);
    header.msg_controllen = CMSG_SPACE(sizeof info);
    return;
  }
  sockaddr_storage storage;
  SocketAddress{datagram.local}.to_system(storage, IpAddress::Family::V6);
  in6_pktinfo info{};
  info.ipi6_addr = reinterpret_cast<sockaddr_in6&>(storage).sin6_addr;
  bool link_local = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr);
  info.ipi6_ifindex = link_local ? datagram.interface : 0;
  part->cmsg_level = IPPROTO_IPV6;
  part->cmsg_type = IPV6_PKTINFO;
  part->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(part), &info, sizeof info);
  header.msg_controllen = CMSG_SPACE(sizeof info);
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

UdpSocket::Received UdpSocket::receive(std::span<Datagram> datagrams) {
  std::array<mmsghdr, batch_max> messages;
  std::array<iovec, batch_max> rooms;
  std::array<sockaddr_storage, batch_max> names;
  alignas(cmsghdr) std::array<std::array<char, control_size>, batch_max> controls;
  size_t count = std::min(datagrams.size(), batch_max);
  for (size_t i = 0; i < count; ++i) {
    rooms[i] = {datagrams[i].octets.data(), datagrams[i].octets.size()};
    messages[i].msg_hdr = {&names[i], sizeof names[i], &rooms[i], 1, controls[i].data(), control_size, 0};
    messages[i].msg_len = 0;
  }
  int received = recvmmsg(fd_, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
  if (received <= 0) return {};
  uint32_t dropped = dropped_;
  for (size_t i = 0; i < static_cast<size_t>(received); ++i) {
    msghdr& header = messages[i].msg_hdr;
    datagrams[i].octets = datagrams[i].octets.first(messages[i].msg_len);
    datagrams[i].peer = SocketAddress::from(names[i]);
    datagrams[i].local = address_.address;
    datagrams[i].local_port = address_.port;
    datagrams[i].interface = address_.scope_id;
    read_packet_info(header, datagrams[i], dropped);
  }
  return {static_cast<size_t>(received), dropped - std::exchange(dropped_, dropped)};
}

UdpSocket::Sent UdpSocket::send(std::span<const Datagram> datagrams) {
  std::array<mmsghdr, batch_max> messages;
  std::array<iovec, batch_max> contents;
  std::array<sockaddr_storage, batch_max> names;
  alignas(cmsghdr) std::array<std::array<char, control_size>, batch_max> controls;
  size_t count = std::min(datagrams.size(), batch_max);
  for (size_t i = 0; i < count; ++i) {
    contents[i] = {datagrams[i].octets.data(), datagrams[i].octets.size()};
    socklen_t size = datagrams[i].peer.to_system(names[i], address_.address.family);
    messages[i].msg_hdr = {&names[i], size, &contents[i], 1, nullptr, 0, 0};
    if (!is_wildcard()) continue;
    messages[i].msg_hdr.msg_control = controls[i].data();
    messages[i].msg_hdr.msg_controllen = control_size;
    write_packet_info(messages[i].msg_hdr, datagrams[i], address_.address.family);
  }
  Sent sent;
  while (sent.count < count) {
    int result = sendmmsg(fd_, &messages[sent.count], static_cast<unsigned>(count - sent.count), MSG_DONTWAIT);
    if (result > 0) {
      sent.count += static_cast<size_t>(result);
    } else if (errno != EINTR) {
      sent.next_refused = errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS;
      break;
    }
  }
  return sent;
}

}  // namespace radhost
