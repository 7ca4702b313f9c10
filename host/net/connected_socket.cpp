// SPDX-License-Identifier: Apache-2.0
#include "net/connected_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace radhost {
namespace {

// Room for an answer to each of 256 identifiers, even if they come at once. The system may give less.
constexpr int receive_buffer = 1 << 20;

constexpr int full_queue_wait_ms = 10;

bool is_full(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

}  // namespace

ConnectedSocket::~ConnectedSocket() {
  if (fd_ >= 0) close(fd_);
}

Result<ConnectedSocket, std::string> ConnectedSocket::open(const SocketAddress& server,
                                                           const std::optional<IpAddress>& source) {
  auto failure = [&] {
    std::string from = source ? " from " + source->to_text() : std::string();
    return "cannot reach " + server.to_text() + from + ": " + std::strerror(errno);
  };
  IpAddress::Family family = server.address.family;
  int fd = socket(family == IpAddress::Family::V6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failure();
  ConnectedSocket made(fd);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_storage storage;
  if (source) {
    socklen_t size = SocketAddress{*source}.to_system(storage, family);
    if (bind(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0) return failure();
  }
  socklen_t size = server.to_system(storage, family);
  if (connect(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0) return failure();
  return made;
}

void ConnectedSocket::send(std::span<const Octets> datagrams) {
  std::array<mmsghdr, batch_max> messages;
  std::array<iovec, batch_max> contents;
  size_t count = std::min(datagrams.size(), batch_max);
  for (size_t i = 0; i < count; ++i) {
    contents[i] = {const_cast<uint8_t*>(datagrams[i].data()), datagrams[i].size()};
    messages[i].msg_hdr = {nullptr, 0, &contents[i], 1, nullptr, 0, 0};
  }
  size_t sent = 0;
  // An error may also be an earlier datagram's, such as a port that is closed; it is told once. So each datagram has
  // more than one attempt.
  for (size_t attempt = 0; sent < count && attempt < 2 * batch_max; ++attempt) {
    int result = sendmmsg(fd_, &messages[sent], static_cast<unsigned>(count - sent), 0);
    if (result > 0) {
      sent += static_cast<size_t>(result);
    } else if (is_full(errno)) {
      pollfd room{fd_, POLLOUT, 0};
      poll(&room, 1, full_queue_wait_ms);
    }
  }
}

void ConnectedSocket::send_now(Octets datagram) {
  // As above: the first error may be an earlier datagram's.
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (::send(fd_, datagram.data(), datagram.size(), 0) >= 0 || is_full(errno)) return;
  }
}

size_t ConnectedSocket::receive(std::span<MutableOctets> rooms) {
  std::array<mmsghdr, batch_max> messages;
  std::array<iovec, batch_max> contents;
  size_t count = std::min(rooms.size(), batch_max);
  for (size_t i = 0; i < count; ++i) {
    contents[i] = {rooms[i].data(), rooms[i].size()};
    messages[i].msg_hdr = {nullptr, 0, &contents[i], 1, nullptr, 0, 0};
  }
  int received = recvmmsg(fd_, messages.data(), static_cast<unsigned>(count), 0, nullptr);
  if (received <= 0) return 0;
  for (size_t i = 0; i < static_cast<size_t>(received); ++i) rooms[i] = rooms[i].first(messages[i].msg_len);
  return static_cast<size_t>(received);
}

}  // namespace radhost
