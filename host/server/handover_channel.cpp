// SPDX-License-Identifier: Apache-2.0
#include "server/handover_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "base/reader.h"
#include "base/writer.h"

namespace radhost {
namespace {

using Sort = HandoverChannel::Sort;
using Patience = HandoverChannel::Patience;

// Each message begins with its sort and the size of what follows. Descriptors come with the first octet.
constexpr size_t head_size = 5;
/// More than any message has.
constexpr size_t octets_max = size_t{1} << 27;
/// As many as the system lets go together.
constexpr size_t descriptors_max = 253;
constexpr Patience send_patience{5000};

}  // namespace

/// False when that has not come within the patience.
bool HandoverChannel::await(short events, Patience patience) const {
  uint64_t by_ns = monotonic_ns() + static_cast<uint64_t>(patience.count()) * 1000000;
  pollfd wanted{socket_.number(), events, 0};
  for (;;) {
    uint64_t now = monotonic_ns();
    int left_ms = now >= by_ns ? 0 : static_cast<int>((by_ns - now + 999999) / 1000000);
    int ready = poll(&wanted, 1, left_ms);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

bool HandoverChannel::send(Sort sort, Octets octets, std::span<const int> descriptors) {
  if (descriptors.size() > descriptors_max || octets.size() > octets_max) return false;
  std::array<uint8_t, head_size> head;
  Writer writer(head);
  writer.put_uint8(static_cast<uint8_t>(sort));
  writer.put_uint32(static_cast<uint32_t>(octets.size()));
  alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(descriptors_max * sizeof(int))> control{};
  bool is_first = true;
  for (Octets part : {Octets(head), octets}) {
    while (!part.empty()) {
      iovec content{const_cast<uint8_t*>(part.data()), part.size()};
      msghdr message{};
      message.msg_iov = &content;
      message.msg_iovlen = 1;
      if (is_first && !descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* attached = CMSG_FIRSTHDR(&message);
        attached->cmsg_level = SOL_SOCKET;
        attached->cmsg_type = SCM_RIGHTS;
        attached->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(attached), descriptors.data(), descriptors.size_bytes());
      }
      ssize_t sent = sendmsg(socket_.number(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && (errno != EAGAIN || !await(POLLOUT, send_patience))) return false;
      if (sent <= 0) continue;
      part = part.subspan(static_cast<size_t>(sent));
      is_first = false;
    }
  }
  return true;
}

bool HandoverChannel::receive_all(MutableOctets room, std::vector<Descriptor>& descriptors, Patience patience) {
  alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(descriptors_max * sizeof(int))> control;
  while (!room.empty()) {
    if (!await(POLLIN, patience)) return false;
    iovec content{room.data(), room.size()};
    msghdr message{};
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t received = recvmsg(socket_.number(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (received < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (received <= 0) return false;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
      for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= part->cmsg_len; at += sizeof(int)) {
        int number;
        std::memcpy(&number, CMSG_DATA(part) + at, sizeof number);
        descriptors.emplace_back(number);
      }
    }
    room = room.subspan(static_cast<size_t>(received));
  }
  return true;
}

Result<HandoverChannel::Message, std::string> HandoverChannel::receive(Patience patience) {
  Message message;
  std::array<uint8_t, head_size> head;
  if (!receive_all(head, message.descriptors, patience)) return std::string("the other server says nothing");
  Reader reader(head);
  uint8_t sort = reader.take_uint8();
  uint32_t size = reader.take_uint32();
  if (sort > static_cast<uint8_t>(Sort::Done) || size > octets_max)
    return std::string("the other server speaks another language");
  message.sort = static_cast<Sort>(sort);
  message.octets.resize(size);
  if (!receive_all(message.octets, message.descriptors, send_patience))
    return std::string("the other server breaks off");
  return message;
}

Result<HandoverChannel::Message, std::string> HandoverChannel::expect(Sort wanted, Patience patience) {
  auto message = receive(patience);
  if (!message.ok() || message->sort == wanted) return message;
  if (message->sort == Sort::Refused) return std::string(message->text());
  return std::string("the other server speaks out of turn");
}

void HandoverChannel::listen_no_more() { shutdown(socket_.number(), SHUT_RD); }

void HandoverChannel::end() { shutdown(socket_.number(), SHUT_RDWR); }

HandoverChannel::Peer HandoverChannel::peer() const {
  ucred other{};
  socklen_t size = sizeof other;
  if (getsockopt(socket_.number(), SOL_SOCKET, SO_PEERCRED, &other, &size) != 0) return {};
  return {other.pid, other.uid == 0 || other.uid == geteuid()};
}

}  // namespace radhost
