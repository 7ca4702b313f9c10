// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "base/octets.h"

namespace radhost {

/// Rooms for the datagrams of one socket, prepared for the system. A room stays at its place from one call to the next,
/// until a datagram has come to it: so a call costs by what it receives, and not by how much it might. One thread at a
/// time.
class UdpInbox {
 public:
  /// What is received together is answered together, so the first datagram waits for the last.
  static constexpr size_t rooms_max = 16;

  UdpInbox();
  UdpInbox(const UdpInbox&) = delete;
  UdpInbox& operator=(const UdpInbox&) = delete;

  /// The datagram that comes to `place`, below rooms_max, is received into `room`, which belongs to the caller.
  void put(size_t place, MutableOctets room) { rooms_[place] = {room.data(), room.size()}; }

 private:
  friend class UdpSocket;

  static constexpr size_t control_size =
      CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(in_pktinfo)) + CMSG_SPACE(sizeof(uint32_t));

  /// Makes a place ready again, whose header the system has filled.
  void prepare(size_t place);
  MutableOctets received(size_t place) const {
    return {static_cast<uint8_t*>(rooms_[place].iov_base), messages_[place].msg_len};
  }

  std::array<mmsghdr, rooms_max> messages_;
  std::array<iovec, rooms_max> rooms_{};
  std::array<sockaddr_storage, rooms_max> names_;
  alignas(cmsghdr) std::array<std::array<uint8_t, control_size>, rooms_max> controls_;
};

}  // namespace radhost
