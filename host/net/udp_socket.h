// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/address.h"
#include "base/descriptor.h"
#include "base/octets.h"
#include "base/result.h"
#include "net/udp_inbox.h"

namespace radhost {

/// A datagram on its way in or out. The octets belong to whoever made the struct.
struct Datagram {
  MutableOctets octets;  ///< receive: the room; afterwards, and for sending: what the datagram holds
  SocketAddress peer;
  IpAddress local;  ///< the address it came to, and will be answered from
  uint16_t local_port = 0;
  uint32_t interface = 0;  ///< where it came in; for link-local addresses
};

/// A UDP socket, bound, non-blocking; closes itself. It knows the local address of each datagram, so that a
/// wildcard socket answers from the address it was asked at; the system is asked for that only where there are
/// several. One thread at a time.
class UdpSocket {
 public:
  /// The sockets of one listening address: `count` of them on the same address and port, in one SO_REUSEPORT
  /// group that hands each RADIUS packet to socket number (Identifier mod count). A port that somebody else has
  /// is an error, as is every other failure; the error says what and why.
  struct Group {
    std::vector<UdpSocket> sockets;
    SocketAddress address;        ///< with the port that was given, where 0 was asked for
    uint32_t receive_buffer = 0;  ///< octets that the system gives each of them
  };
  struct Options {
    size_t count = 1;
    uint32_t receive_buffer = 0;  ///< octets; 0 leaves the system's
    bool v6_only = false;         ///< of an IPv6 wildcard
  };
  static Result<Group, std::string> bind_group(const SocketAddress& address, const Options& options);

  /// One that another process has bound, to `address`, as this class binds them. `dropped`: what that one knew of.
  static UdpSocket taken_over(Descriptor socket, const SocketAddress& address, uint32_t dropped) {
    UdpSocket taken(socket.take(), address);
    taken.dropped_ = dropped;
    return taken;
  }

  UdpSocket(UdpSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        address_(other.address_),
        dropped_(other.dropped_),
        takes_segments_(other.takes_segments_) {}
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  int fd() const { return fd_; }
  /// How many datagrams the system had no room for, as far as is known.
  uint32_t dropped() const { return dropped_; }

  /// What a call received: how many datagrams, and how many the system had no room for since the last call.
  struct Received {
    size_t count = 0;
    uint64_t dropped = 0;
  };
  /// Receives datagrams that are waiting, at most `datagrams.size()`, into the first rooms of the inbox; and makes those
  /// places ready for others.
  Received receive(UdpInbox& inbox, std::span<Datagram> datagrams);

  /// How many go out together.
  static constexpr size_t batch_max = 64;

  /// What became of a batch: how many went out, and whether the one after them was refused by the system for good.
  /// Otherwise fewer than all means that the system's queue is full: try the rest later.
  struct Sent {
    size_t count = 0;
    bool next_refused = false;
  };
  /// Sends them in order, at most batch_max. Neighbours to one peer that are equally long (the last may be shorter) go
  /// through the system together, which cuts them apart as late as it can.
  Sent send(std::span<const Datagram> datagrams);

 private:
  UdpSocket(int fd, const SocketAddress& address) : fd_(fd), address_(address) {}
  static Result<UdpSocket, std::string> bind_one(const SocketAddress& address, bool shared, const Options& options);

  bool is_wildcard() const { return address_.address.is_wildcard(); }
  Sent send_messages(std::span<const Datagram> datagrams, bool in_segments);

  int fd_;
  SocketAddress address_;  // that it is bound to
  uint32_t dropped_ = 0;   // as the system counts, from the socket's beginning
  bool takes_segments_ = true;
};

}  // namespace radhost
