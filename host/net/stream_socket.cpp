// SPDX-License-Identifier: Apache-2.0
#include "net/stream_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace radhost {
namespace {

/// Connections that may wait to be accepted.
constexpr int backlog = 1024;

bool set_option(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

std::string failure(const SocketAddress& address, std::string_view what) {
  return "cannot " + std::string(what) + " " + address.to_text() + ": " + std::strerror(errno);
}

}  // namespace

Result<StreamSocket, std::string> StreamSocket::bind_one(const SocketAddress& address, bool shared,
                                                         const Options& options) {
  bool v6 = address.address.family == IpAddress::Family::V6;
  Descriptor made(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  int fd = made.number();
  if (fd < 0) return failure(address, "make a socket for");
  bool is_dual = address.address.is_wildcard() && !options.v6_only;
  // Connections of a server before that the system has not forgotten yet stand in nobody's way.
  bool prepared = set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (v6) prepared = prepared && set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, is_dual ? 0 : 1);
  if (shared) prepared = prepared && set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (!prepared) return failure(address, "prepare a socket for");
  sockaddr_storage storage;
  socklen_t size = address.to_system(storage, address.address.family);
  if (bind(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0 || listen(fd, backlog) != 0)
    return failure(address, "listen on");
  return StreamSocket(std::move(made));
}

Result<StreamSocket::Group, std::string> StreamSocket::bind_group(const SocketAddress& address,
                                                                  const Options& options) {
  Group group{{}, address};
  // An exclusive socket probes the address first, as UdpSocket's does, and finds a free port where 0 was asked for.
  auto probe = bind_one(address, false, options);
  if (!probe.ok()) return probe.error();
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(probe->fd(), reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return failure(address, "ask for the port of");
  group.address.port = SocketAddress::from(storage).port;
  if (options.count == 1) {
    group.sockets.push_back(std::move(*probe));
    return group;
  }
  { StreamSocket closed = std::move(*probe); }
  for (size_t i = 0; i < options.count; ++i) {
    auto socket = bind_one(group.address, true, options);
    if (!socket.ok()) return socket.error();
    group.sockets.push_back(std::move(*socket));
  }
  return group;
}

}  // namespace radhost
